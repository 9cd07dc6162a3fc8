#include "quantize/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace quantrail {
namespace {

using ::testing::ElementsAre;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

SampleStatistics sample(const std::vector<float>& values) { return observed(values, 1, false, false); }

TEST(Observed, FindsExtremesAtAnyPosition) {
  for (const std::size_t size : {1U, 15U, 16U, 17U, 100U}) {
    for (std::size_t at = 0; at < size; ++at) {
      std::vector<float> values(size, 1.0F);
      values[at] = 5.0F;
      EXPECT_EQ(sample(values).max, 5.0F);
      values[at] = -5.0F;
      EXPECT_EQ(sample(values).min, -5.0F);
    }
  }
}

TEST(Observed, CountsButDoesNotLearnWhatIsNotFinite) {
  const auto seen = sample({1.0F, kNan, -2.0F, kInf, -kInf});
  EXPECT_EQ(seen.min, -2.0F);
  EXPECT_EQ(seen.max, 1.0F);
  EXPECT_EQ(seen.finite, 2);
  EXPECT_EQ(seen.not_finite, 3);
}

TEST(Observed, OfNothingFiniteIsZero) {
  const auto seen = sample({kNan});
  EXPECT_EQ(seen.finite, 0);
  EXPECT_EQ(seen.min, 0.0F);
  EXPECT_EQ(seen.max, 0.0F);
}

TEST(Observed, GivesTheSameChannelMeansInBothLayouts) {
  const std::vector<float> channels_first{1, 2, 3, 10, 20, 30};
  const std::vector<float> channels_last{1, 10, 2, 20, 3, 30};
  EXPECT_THAT(observed(channels_first, 2, false, true).channel_means, ElementsAre(2.0, 20.0));
  EXPECT_THAT(observed(channels_last, 2, true, true).channel_means, ElementsAre(2.0, 20.0));
}

TEST(Observed, LeavesWhatIsNotFiniteOutOfChannelMeans) {
  EXPECT_THAT(observed(std::vector<float>{1, kNan, 3, 10, kInf, 30}, 2, false, true).channel_means,
              ElementsAre(2.0, 20.0));
  EXPECT_THAT(observed(std::vector<float>{1, 10, -kInf, 20}, 2, true, true).channel_means, ElementsAre(1.0, 15.0));
  EXPECT_THAT(observed(std::vector<float>{kNan, kNan, 1, 3}, 2, false, true).channel_means, ElementsAre(0.0, 2.0))
      << "a channel without a finite element";
}

TEST(ValueStatistics, AveragesEachSamplesExtremes) {
  ValueStatistics learned;
  learned.add(sample({-1.0F, 2.0F}));
  learned.add(sample({-3.0F, 8.0F}));
  learned.add(sample({0.0F, 2.0F}));
  EXPECT_DOUBLE_EQ(learned.mean_min, -4.0 / 3.0);
  EXPECT_DOUBLE_EQ(learned.mean_max, 4.0);
  EXPECT_DOUBLE_EQ(learned.mean_abs_max, 4.0);
  EXPECT_EQ(learned.min, -3.0F);
  EXPECT_EQ(learned.max, 8.0F);
}

TEST(ValueStatistics, SkipSamplesWithoutAFiniteElement) {
  ValueStatistics learned;
  learned.add(sample({kNan}));
  learned.add(sample({2.0F}));
  EXPECT_EQ(learned.samples, 1);
  EXPECT_EQ(learned.not_finite, 1);
  EXPECT_EQ(learned.min, 2.0F) << "not the zero of the empty sample";
}

TEST(ValueStatistics, AveragesChannelMeans) {
  ValueStatistics learned;
  learned.add(observed(std::vector<float>{1, 3, 10, 10}, 2, false, true));
  learned.add(observed(std::vector<float>{4, 4, 30, 30}, 2, false, true));
  EXPECT_THAT(learned.channel_means, ElementsAre(3.0, 20.0));
}

TEST(Statistics, SurviveStorageToTheBit) {
  Statistics statistics{3, {}};
  auto& learned = statistics.values["a value"];
  learned.add(observed(std::vector<float>{0.1F, 1e-30F, kNan, 7.0F}, 2, false, true));
  learned.channel_means = {1.0 / 3.0, -0.0};
  const auto restored = parsed_statistics(serialised(statistics));
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(*restored, statistics);
  EXPECT_EQ(serialised(*restored), serialised(statistics));
}

TEST(Statistics, RefuseDamagedBytes) {
  auto bytes = serialised(Statistics{1, {{"x", {}}}});
  bytes.resize(bytes.size() / 2);
  EXPECT_EQ(parsed_statistics(bytes).error().cause, Cause::Storage);
  EXPECT_EQ(parsed_statistics({}).error().cause, Cause::Storage);
}

}  // namespace
}  // namespace quantrail
