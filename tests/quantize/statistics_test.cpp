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

const Learning kMeans{.channel_means = true};

SampleStatistics sample(const std::vector<float>& values) { return observed(values, {}, {}); }

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
  EXPECT_THAT(observed(channels_first, {2, false}, kMeans).channel_means, ElementsAre(2.0, 20.0));
  EXPECT_THAT(observed(channels_last, {2, true}, kMeans).channel_means, ElementsAre(2.0, 20.0));
}

TEST(Observed, LeavesWhatIsNotFiniteOutOfChannelMeans) {
  EXPECT_THAT(observed(std::vector<float>{1, kNan, 3, 10, kInf, 30}, {2, false}, kMeans).channel_means,
              ElementsAre(2.0, 20.0));
  EXPECT_THAT(observed(std::vector<float>{1, 10, -kInf, 20}, {2, true}, kMeans).channel_means, ElementsAre(1.0, 15.0));
  EXPECT_THAT(observed(std::vector<float>{kNan, kNan, 1, 3}, {2, false}, kMeans).channel_means, ElementsAre(0.0, 2.0))
      << "a channel without a finite element";
}

TEST(ValueStatistics, KeepEachSamplesExtremes) {
  ValueStatistics learned;
  learned.add(sample({-1.0F, 2.0F}));
  learned.add(sample({-3.0F, 8.0F}));
  learned.add(sample({0.0F, 2.0F}));
  EXPECT_THAT(learned.minima, ElementsAre(-1.0F, -3.0F, 0.0F));
  EXPECT_THAT(learned.maxima, ElementsAre(2.0F, 8.0F, 2.0F));
  EXPECT_EQ(learned.min, -3.0F);
  EXPECT_EQ(learned.max, 8.0F);
}

TEST(ValueStatistics, KeepEachSamplesQuantiles) {
  std::vector<float> hundred_and_one(101);
  for (int i = 0; i <= 100; ++i) hundred_and_one[static_cast<std::size_t>(i)] = static_cast<float>(40 - i);
  ValueStatistics learned;
  learned.add(observed(hundred_and_one, {}, {.outlier_probs = {0.1, 0.25}}));
  EXPECT_EQ(learned.quantiles.at(0.1), (QuantileSeries{{-50.0F}, {30.0F}, {50.0F}}));
  EXPECT_EQ(learned.quantiles.at(0.25), (QuantileSeries{{-35.0F}, {15.0F}, {38.0F}}));
}

TEST(ValueStatistics, KeepTheLargestMagnitudePerChannel) {
  ValueStatistics learned;
  learned.add(observed(std::vector<float>{1, -3, kNan, 10}, {2, false}, {.channel_magnitudes = true}));
  learned.add(observed(std::vector<float>{2, 2, -11, kInf}, {2, false}, {.channel_magnitudes = true}));
  EXPECT_THAT(learned.channel_magnitudes, ElementsAre(3.0F, 11.0F));
}

TEST(ValueStatistics, TakeTheMedianOfEachSamplesChannelQuantiles) {
  ValueStatistics learned;
  for (const float top : {5.0F, 1.0F, 3.0F}) {
    learned.add(observed(std::vector<float>{-top, top, 2 * top, 2 * top}, {2, false}, {.channel_quantiles = true}));
  }
  learned.finish();
  // Between the two values of a channel: 1e-4 of the way from one to the other.
  ASSERT_EQ(learned.channel_low.size(), 2U);
  EXPECT_FLOAT_EQ(learned.channel_low[0], -3.0F + 6e-4F);
  EXPECT_FLOAT_EQ(learned.channel_high[0], 3.0F - 6e-4F);
  EXPECT_EQ(learned.channel_low[1], 6.0F);
  EXPECT_EQ(learned.channel_high[1], 6.0F);
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
  learned.add(observed(std::vector<float>{1, 3, 10, 10}, {2, false}, kMeans));
  learned.add(observed(std::vector<float>{4, 4, 30, 30}, {2, false}, kMeans));
  EXPECT_THAT(learned.channel_means, ElementsAre(3.0, 20.0));
}

TEST(Statistics, SurviveStorageToTheBit) {
  Statistics statistics{3, {}};
  auto& learned = statistics.values["a value"];
  learned.add(observed(std::vector<float>{0.1F, 1e-30F, kNan, 7.0F}, {2, false}, {true, true, true, {1e-4, 0.25}}));
  learned.histogram.add(std::vector<float>{0.1F, 0.0F, -7.0F});
  learned.finish();
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
