#include <gmock/gmock.h>

#include <limits>

#include "metrics/views.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::metric_named;
using testing::metric_of;
using testing::Outputs;
using testing::refusal;
using testing::target;
using Ints = std::vector<std::int64_t>;

/// Scores [2,1,4]: class 1 is predicted where `ones` says so.
Outputs predicted(const std::vector<bool>& ones) {
  std::vector<float> scores;
  for (const bool one : ones) scores.push_back(one ? 0.0F : 1.0F);
  for (const bool one : ones) scores.push_back(one ? 1.0F : 0.0F);
  return Outputs().add<float>({2, 1, 4}, scores);
}

double value_of(const MetricSpec& spec, const Outputs& outputs, const Ints& wanted) {
  return metric_of(spec)->of_sample(outputs.views(), target<std::int64_t>({1, 4}, wanted)).value;
}

TEST(MeanIou, IsTheMeanOfOverlapsByClass) {
  // class 0: both 1, either 2; class 1: both 2, either 3
  EXPECT_NEAR(value_of({.type = "miou"}, predicted({false, true, true, true}), {0, 0, 1, 1}), (1.0 / 2 + 2.0 / 3) / 2,
              1e-12);
  EXPECT_EQ(value_of({.type = "miou"}, predicted({false, false, true, true}), {0, 0, 1, 1}), 1.0);
  EXPECT_EQ(value_of({.type = "miou"}, predicted({true, true, true, true}), {0, 0, 0, 0}), 0.0);
}

TEST(MeanIou, LeavesOutIgnoredPlacesAndClassesThatDoNotOccur) {
  EXPECT_EQ(value_of({.type = "miou", .ignore = 255}, predicted({false, true, false, true}), {0, 255, 0, 255}), 1.0);
  EXPECT_EQ(value_of({.type = "miou"}, predicted({false, false, false, false}), {0, 0, 0, 0}), 1.0);
}

TEST(MeanIou, AddsPlacesOfAllSamplesBeforeItDivides) {
  const auto one = metric_named("miou");
  const std::vector<SampleScore> scores{
      one->of_sample(predicted({false, false, false, true}).views(), target<std::int64_t>({4}, {0, 0, 0, 0})),
      one->of_sample(predicted({true, true, true, true}).views(), target<std::int64_t>({4}, {1, 1, 1, 1}))};
  EXPECT_NEAR(one->aggregated(scores), (3.0 / 4 + 4.0 / 5) / 2, 1e-12);
}

TEST(MeanIou, TakesClassesAlongAnyAxisAndClassesThemselves) {
  const auto outputs = Outputs().add<float>({2, 2, 2}, {1, 0, 0, 1, 0, 1, 1, 0});  // [H,W,C]: 0 1 1 0
  EXPECT_EQ(value_of({.type = "miou", .class_axis = -1}, outputs, {0, 1, 1, 0}), 1.0);
  EXPECT_EQ(value_of({.type = "miou"}, Outputs().add<std::int64_t>({1, 4}, {0, 1, 1, 7}), {0, 1, 1, 7}), 1.0);
}

TEST(MeanIou, TakesNaNForNoClass) {
  std::vector<float> scores(8, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(value_of({.type = "miou"}, Outputs().add<float>({2, 1, 4}, scores), {0, 0, 1, 1}), 0.0);
}

TEST(MeanIou, ChecksItsTargets) {
  const auto outputs = predicted({false, false, false, false});
  EXPECT_THAT(refusal(*metric_named("miou"), outputs, {}), HasSubstr("there are no targets: give data.targets"));
  EXPECT_THAT(refusal(*metric_named("miou"), outputs, target<float>({4}, {0, 0, 0, 0})),
              HasSubstr("no array of integers"));
  EXPECT_THAT(refusal(*metric_named("miou"), outputs, target<std::int64_t>({5}, {0, 0, 0, 0, 0})),
              HasSubstr("its target has shape [5], the classes of output 0 have [1,4]"));
  EXPECT_THAT(
      refusal(*metric_named("miou"), outputs, target<std::int64_t>({4}, {0, 0, 0, 255})),
      HasSubstr("its target holds 255, the network's classes are 0 to 1; \"ignore\": 255 leaves such places out"));
  EXPECT_THAT(refusal(*metric_of({.type = "miou", .class_axis = 1}), outputs, target<std::int64_t>({4}, {0, 0, 0, 0})),
              HasSubstr("output 0 has shape [2,1,4] per sample, whose axis 1 has one class"));
  EXPECT_THAT(refusal(*metric_of({.type = "miou", .class_axis = 3}), outputs, target<std::int64_t>({4}, {0, 0, 0, 0})),
              HasSubstr("class_axis is 3, output 0 has shape [2,1,4] per sample"));
}

}  // namespace
}  // namespace quantrail
