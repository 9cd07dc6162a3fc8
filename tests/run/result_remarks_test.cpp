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

TEST(NoRoomRemark, IsMadeOfSharesOfNothing) {
  EXPECT_THAT(no_room_remark("nmse", 0.0), HasSubstr("the float model's nmse is 0, and so is every share of it"));
  EXPECT_EQ(no_room_remark("nmse", 0.1), "");
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
