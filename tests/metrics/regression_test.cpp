#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "metrics/views.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::kNotANumber;
using testing::metric_named;
using testing::metric_of;
using testing::Outputs;
using testing::refusal;
using testing::target;

double value_of(const MetricSpec& spec, const std::vector<float>& found, const std::vector<float>& wanted) {
  const auto size = static_cast<std::int64_t>(found.size());
  return metric_of(spec)->of_sample(Outputs().add<float>({size}, found).views(), target<float>({size}, wanted)).value;
}
double value_of(const std::string& type, const std::vector<float>& found, const std::vector<float>& wanted) {
  return value_of(MetricSpec{.type = type}, found, wanted);
}

TEST(Regression, IsTheMeanOfErrors) {
  EXPECT_DOUBLE_EQ(value_of("mse", {1, 2, 3}, {1, 4, 0}), (4.0 + 9.0) / 3.0);
  EXPECT_DOUBLE_EQ(value_of("mae", {1, 2, 3}, {1, 4, 0}), (2.0 + 3.0) / 3.0);
  EXPECT_EQ(value_of("mse", {1, 2}, {1, 2}), 0.0);
}

TEST(Regression, RootsTheMeanOverAllSamples) {
  EXPECT_DOUBLE_EQ(metric_named("rmse")->aggregated(std::vector<SampleScore>{{1.0}, {7.0}}), 2.0);
  EXPECT_DOUBLE_EQ(metric_named("mse")->aggregated(std::vector<SampleScore>{{1.0}, {7.0}}), 4.0);
}

TEST(Regression, MeasuresNoiseAgainstThePeak) {
  EXPECT_NEAR(value_of(MetricSpec{.type = "psnr", .peak = 255.0}, {100, 100}, {110, 90}), 28.1308,
              1e-4);  // 10 log10(65025/100)
  EXPECT_NEAR(value_of("psnr", {0.5F}, {0.4F}), 20.0, 1e-5);
  EXPECT_EQ(value_of("psnr", {0.5F}, {0.5F}), 100.0);
  EXPECT_DOUBLE_EQ(metric_named("psnr")->aggregated(std::vector<SampleScore>{{20.0}, {30.0}}), 25.0);
}

TEST(Regression, TakesWhatIsNoNumberForTheWorstError) {
  EXPECT_DOUBLE_EQ(value_of("mae", {kNotANumber, 0}, {0, 0}), 0.5e15);
  EXPECT_DOUBLE_EQ(value_of("mse", {std::numeric_limits<float>::infinity()}, {0}), 1e30);
  EXPECT_TRUE(std::isfinite(value_of("psnr", {kNotANumber}, {0})));
}

TEST(Regression, KnowsItsDirection) {
  for (const auto* type : {"mse", "rmse", "mae"}) EXPECT_FALSE(metric_named(type)->higher_is_better()) << type;
  EXPECT_TRUE(metric_named("psnr")->higher_is_better());
  EXPECT_TRUE(metric_named("pearson")->higher_is_better());
}

TEST(Regression, NeedsATargetOfTheOutputsSize) {
  const auto outputs = Outputs().add<float>({2, 3}, std::vector<float>(6));
  EXPECT_EQ(refusal(*metric_named("mse"), outputs, target<double>({2, 1, 3}, std::vector<double>(6))), "");
  EXPECT_EQ(refusal(*metric_named("mse"), outputs, target<std::int64_t>({6}, std::vector<std::int64_t>(6))), "");
  EXPECT_THAT(refusal(*metric_named("mse"), outputs, target<float>({5}, std::vector<float>(5))),
              HasSubstr("its target has shape [5], output 0 has [2,3]: the same is needed, or a flat one"));
  EXPECT_THAT(refusal(*metric_named("mse"), outputs, target<float>({3, 2}, std::vector<float>(6))),
              HasSubstr("its target has shape [3,2], output 0 has [2,3]"))
      << "another order of axes";
  EXPECT_THAT(refusal(*metric_named("mse"), outputs, target<float>({6}, {0, 0, kNotANumber, 0, 0, 0})),
              HasSubstr("its target holds nan at position 2: numbers below 1e15 are needed"));
  EXPECT_THAT(refusal(*metric_named("pearson"), Outputs().add<float>({1}, {1}), target<double>({}, {1e200})),
              HasSubstr("its target holds 1e+200"));
  EXPECT_THAT(refusal(*metric_named("mse"), outputs, {}), HasSubstr("give data.targets"));
  EXPECT_THAT(refusal(*metric_of({.type = "mse", .output = 1}), outputs, {}),
              HasSubstr("output 1 is asked for, the network has 1"));
}

/// The metric over samples of single numbers.
double over(const std::string& type, const std::vector<float>& found, const std::vector<float>& wanted) {
  const auto one = metric_named(type);
  std::vector<SampleScore> scores;
  for (std::size_t at = 0; at < found.size(); ++at)
    scores.push_back(one->of_sample(Outputs().add<float>({1}, {found[at]}).views(), target<float>({}, {wanted[at]})));
  return one->aggregated(scores);
}

TEST(Correlation, FollowsTheTargets) {
  EXPECT_DOUBLE_EQ(over("pearson", {1, 2, 3}, {2, 4, 6}), 1.0);
  EXPECT_DOUBLE_EQ(over("pearson", {1, 2, 3}, {3, 2, 1}), -1.0);
  // means 2 and 7/3; sum of products 3/1; squares 2 and 14/3
  EXPECT_NEAR(over("pearson", {1, 2, 3}, {1, 2, 4}), 3.0 / std::sqrt(2.0 * 14.0 / 3.0), 1e-12);
}

TEST(Correlation, RanksShareThePlaceOfEqualOnes) {
  EXPECT_DOUBLE_EQ(over("spearman", {1, 10, 100}, {1, 2, 3}), 1.0);
  // ranks 0 1.5 1.5 3 against 0 1 2 3: sum of products 4.5, squares 4.5 and 5
  EXPECT_NEAR(over("spearman", {1, 5, 5, 9}, {1, 2, 3, 4}), 4.5 / std::sqrt(4.5 * 5.0), 1e-12);
}

TEST(Correlation, SaysNothingWhereOneSideIsTheSame) {
  EXPECT_EQ(over("pearson", {2, 2, 2}, {1, 2, 3}), 0.0);
  EXPECT_EQ(over("spearman", {2, 2, 2}, {1, 2, 3}), 0.0);
  EXPECT_EQ(over("pearson", {2}, {1}), 0.0);
  EXPECT_EQ(over("pearson", {0.1F, 0.1F, 0.1F, 0.1F, 0.1F, 0.1F}, {1, 2, 4, 3, 5, 9}), 0.0) << "though sums round";
}

TEST(Correlation, TakesNaNForTheMeanOfTheOthers) {
  EXPECT_DOUBLE_EQ(over("pearson", {1, kNotANumber, 3}, {1, 2, 3}), 1.0);
  EXPECT_EQ(over("pearson", {kNotANumber, kNotANumber, kNotANumber}, {1, 2, 3}), 0.0);
}

TEST(Correlation, NeedsSingleNumbers) {
  EXPECT_THAT(refusal(*metric_named("pearson"), Outputs().add<float>({2}, {1, 2}), target<float>({2}, {1, 2})),
              HasSubstr("output 0 has shape [2] per sample, a single number is needed"));
}

}  // namespace
}  // namespace quantrail
