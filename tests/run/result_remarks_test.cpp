#include "run/result_remarks.h"

#include <gmock/gmock.h>

#include "run/fakes.h"

namespace quantrail {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using namespace testing_run;

/// Samples whose labels go round some classes.
class LabelledData : public FakeData {
 public:
  LabelledData(std::size_t size, std::int64_t classes) : FakeData(size), classes_(classes) {}
  [[nodiscard]] Result<Truth> truth(std::size_t index) const override {
    return Truth{.label = static_cast<std::int64_t>(index) % classes_};
  }

 private:
  std::int64_t classes_;
};

const FakeMetric kTop1("top1", "accuracy top_k=1 output=0");

TEST(ChanceRemark, IsMadeWhereTheShareIsNoMoreThanGuessingGives) {
  const LabelledData data(400, 4);  // guessing gives .25, two standard errors are .043
  EXPECT_THAT(chance_remark(data, kTop1, 0.25), HasSubstr("top1 of 0.25 is what guessing one of 4 classes gives"));
  EXPECT_THAT(chance_remark(data, kTop1, 0.29), HasSubstr("check labels"));
  EXPECT_THAT(chance_remark(data, kTop1, 0.1), HasSubstr("check labels"));
  EXPECT_EQ(chance_remark(data, kTop1, 0.3), "");
}

TEST(ChanceRemark, IsNotMadeWhereNothingCanBeTold) {
  EXPECT_EQ(chance_remark(LabelledData(99, 4), kTop1, 0.25), "");
  EXPECT_EQ(chance_remark(LabelledData(400, 1), kTop1, 0.25), "") << "one class";
  EXPECT_EQ(chance_remark(LabelledData(400, 4), FakeMetric("f1", "f1 output=0"), 0.25), "");
  EXPECT_EQ(chance_remark(LabelledData(400, 4), FakeMetric("top5", "accuracy top_k=5 output=0"), 0.25), "");
}

TEST(UselessRemark, IsMadeOfZeroWhereMoreIsBetter) {
  EXPECT_THAT(useless_remark(kTop1, 0.0), HasSubstr("the float model's top1 is 0: check labels"));
  EXPECT_EQ(useless_remark(kTop1, 0.1), "");
  EXPECT_EQ(chance_remark(LabelledData(400, 4), kTop1, 0.0), "") << "said already";
}

TEST(NotNumbersRemark, NamesTheFirstSampleOfThoseEvaluated) {
  const LabelledData data(10, 4);
  const Evaluation evaluation{.samples = 3, .not_numbers = {1}};
  const std::vector<std::size_t> samples{2, 7, 9};
  EXPECT_THAT(not_numbers_remark(data, samples, evaluation), HasSubstr("1 of 3 samples hold NaN"));
  EXPECT_THAT(not_numbers_remark(data, samples, evaluation), HasSubstr("the first is " + data.describe(7)));
  EXPECT_THAT(not_numbers_remark(data, {}, evaluation), HasSubstr("the first is " + data.describe(1)));
  EXPECT_EQ(not_numbers_remark(data, {}, Evaluation{.samples = 3}), "");
}

TEST(NoRoomRemark, IsMadeOfSharesOfNothing) {
  EXPECT_THAT(no_room_remark("nmse", 0.0), HasSubstr("the float model's nmse is 0, and so is every share of it"));
  EXPECT_EQ(no_room_remark("nmse", 0.1), "");
}

/// Of 100 samples the float model has 90 right, the other one 5 of these not, and 3 others.
struct Hundred {
  std::vector<double> in_float = std::vector<double>(100, 1.0);
  std::vector<double> found = in_float;
  Hundred() {
    std::fill(in_float.begin() + 90, in_float.end(), 0.0);
    std::fill(found.begin() + 93, found.end(), 0.0);
    std::fill(found.begin(), found.begin() + 5, 0.0);
  }
  [[nodiscard]] Compared compared(double sign = 1.0) const {
    return {.sign = sign, .baseline = 0.9, .value = 0.88, .in_float = in_float, .found = found};
  }
};

TEST(DropInterval, IsThatOfTheSamplesDifferences) {
  const Hundred hundred;
  const auto interval = drop_interval(hundred.compared());
  ASSERT_TRUE(interval);
  // 8 of 100 differ by 1: variance (0.08 - 0.02^2) * 100 / 99, standard error 0.028356.
  EXPECT_NEAR(interval->first, 0.02 - 1.96 * 0.0283556, 1e-6);
  EXPECT_NEAR(interval->second, 0.02 + 1.96 * 0.0283556, 1e-6);
  const auto other_way = drop_interval(hundred.compared(-1.0));
  ASSERT_TRUE(other_way);
  EXPECT_NEAR(other_way->second, -interval->first, 1e-12);
}

TEST(DropInterval, IsNoneWhereTheMetricIsNoMeanOrSamplesAreFew) {
  const Hundred hundred;
  Compared compared = hundred.compared();
  compared.baseline = 0.8;
  EXPECT_FALSE(drop_interval(compared)) << "as mAP";
  compared = hundred.compared();
  compared.found = compared.found.first(99);
  EXPECT_FALSE(drop_interval(compared));
  EXPECT_FALSE(drop_interval({.in_float = compared.in_float.first(29), .found = compared.found.first(29)}));
}

TEST(FewSamplesRemark, IsMadeWhereTheLimitLiesInTheInterval) {
  const Hundred hundred;
  EXPECT_THAT(few_samples_remark("top1", hundred.compared(), 0.03),
              HasSubstr("top1 drops 0.02 on these 100 samples, on others like them -0.03558 to 0.07558"));
  EXPECT_EQ(few_samples_remark("top1", hundred.compared(), 0.08), "");
  EXPECT_EQ(few_samples_remark("top1", hundred.compared(), -0.04), "");
}

TEST(FloatRemark, IsMadeWhereHardlyAnythingIsInIntegers) {
  IterationRecord best{.int8_macs_share = 0.0};
  EXPECT_THAT(float_remark(best), HasSubstr("no multiply-add of the result is in int8"));
  EXPECT_THAT(float_remark(best), HasSubstr("\"ignored\""));
  best.reverted_layers = {"fc0"};
  EXPECT_THAT(float_remark(best), HasSubstr("maximal_drop"));
  best.int8_macs_share = 0.04;
  EXPECT_THAT(float_remark(best), HasSubstr("4.0 % of the result's multiply-adds are in int8"));
  best.int8_macs_share = 0.05;
  EXPECT_EQ(float_remark(best), "");
}

TEST(Execute, WarnsOfAModelThatGuesses) {
  Attempts run;
  run.inputs.validation = std::make_shared<LabelledData>(120, 2);
  run.inputs.metrics = {std::make_shared<FakeMetric>(kTop1)};
  run.workbench.value_of = [](const Variant&) { return 0.5; };
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(run.recorder.notes, Contains(HasSubstr("top1 of 0.5 is what guessing one of 2 classes gives")));
}

TEST(Execute, WarnsWhereTheResultHasNothingInIntegers) {
  Attempts all_float;  // its target takes all three layers
  ASSERT_TRUE(all_float.attempt());
  EXPECT_THAT(all_float.recorder.notes, Contains(HasSubstr("no multiply-add of the result is in int8")));
  Attempts all_int8;
  all_int8.inputs.compression.accuracy_aware.maximal_drop = {0.5};
  ASSERT_TRUE(all_int8.attempt());
  EXPECT_THAT(all_int8.recorder.notes, Not(Contains(HasSubstr("no multiply-add"))));
}

}  // namespace
}  // namespace quantrail
