#include "quantize/pair_saturation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Pair = SaturablePairs::Pair;

/// A two-dimensional convolution of a source of `size` x `size`, square kernel, stride 1.
Convolution square(std::int64_t groups, std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t kernel,
                   std::int64_t pad = 0) {
  const std::int64_t result = size + 2 * pad - kernel + 1;
  return {
      1, groups, from, to, {size, size}, {result, result}, {{kernel, kernel}, {1, 1}, {1, 1}, {pad, pad}, {pad, pad}}};
}

const std::vector<std::int64_t> kFirst{0};

TEST(SaturablePairs, AreOfOneSignAndTogetherBeyond128) {
  // 255 * 128 = 32640 fits an int16, 255 * 129 = 32895 does not.
  const std::vector<std::int8_t> weights{64, 64, 65, 64, -65, -64, -64, -64, 127, -127, -128, 127, 127, 2, 127, 1};
  const auto found = saturable_pairs(1, 8, {}, true).pairs;
  EXPECT_THAT(found, IsEmpty()) << "one element of depth has no partner";
  const auto layer = saturable_pairs(16, 1, weights, true);
  EXPECT_EQ(layer.pairs_per_result, 8);
  EXPECT_THAT(layer.pairs, ElementsAre(Pair{2, 3, 65, 64}, Pair{4, 5, -65, -64}, Pair{12, 13, 127, 2}));
}

TEST(SaturablePairs, OfAMatrixAreTheSameStoredEitherWay) {
  const std::vector<std::int8_t> by_column{100, 100, 1, 1, 1, 1, -90, -90};
  const std::vector<std::int8_t> by_depth{100, 1, 100, 1, 1, -90, 1, -90};
  const auto transposed = saturable_pairs(4, 2, by_column, true);
  const auto plain = saturable_pairs(4, 2, by_depth, false);
  EXPECT_THAT(plain.pairs, ElementsAre(Pair{0, 1, 100, 100}, Pair{2, 3, -90, -90}));
  EXPECT_THAT(plain.ends, ElementsAre(1U, 2U));
  EXPECT_EQ(transposed.pairs, plain.pairs);
  EXPECT_EQ(transposed.ends, plain.ends);
}

TEST(SaturablePairs, AreNeighbouringChannelsAtOneKernelPosition) {
  // Three channels, 1 x 2 kernel: channel 2 stays alone, and kernel positions are not paired.
  Convolution layer = square(1, 3, 1, 4, 1);
  layer.window.kernel = {1, 2};
  layer.result = {4, 3};
  const std::vector<std::int8_t> weights{100, 90, 1, 80, 127, 127};
  const auto found = saturable_pairs(layer, weights);
  EXPECT_EQ(found.pairs_per_result, 2);
  EXPECT_THAT(found.pairs, ElementsAre(Pair{3, 4, 90, 80})) << "kernel position 1: elements 3, 4, 5";
}

TEST(SaturablePairs, OfDepthwiseLayersAreNeighbouringKernelPositions) {
  // Two channels of nine weights each; the ninth stays alone.
  const std::vector<std::int8_t> weights{1, 127, 2, 3, 4, 5, 6, 7, 127, /**/ 0, 0, 0, 0, -100, -29, 0, 0, 0};
  const auto found = saturable_pairs(square(2, 1, 1, 3, 3), weights);
  EXPECT_EQ(found.pairs_per_result, 4);
  EXPECT_THAT(found.pairs, ElementsAre(Pair{2 * 4 + 1, 2 * 5 + 1, -100, -29}))
      << "1 and 127 are 128 in magnitude: one too few; 127 and 127 at positions 1 and 8 are no neighbours";
  EXPECT_THAT(found.ends, ElementsAre(0U, 1U));
}

TEST(LostEnergy, AddsUpTheSquaresOfWhatResultsLose) {
  auto layer = saturable_pairs(4, 2, std::vector<std::int8_t>{127, 127, -127, -127, 100, 100, 0, 0}, true);
  const std::vector<std::uint8_t> codes{255, 255, 200, 200};
  const double first = (510 * 127 - 32767) + (-400 * 127 + 32768);  // both pairs of one result, with their signs
  const double second = 510 * 100 - 32767;
  EXPECT_DOUBLE_EQ(lost_energy(layer, {codes, true, 0}, kFirst), first * first + second * second);
  layer.steps = {2.0F, 0.5F};
  EXPECT_DOUBLE_EQ(lost_energy(layer, {codes, true, 0}, kFirst), 4 * first * first + 0.25 * second * second);
  layer.steps = {2.0F};
  EXPECT_DOUBLE_EQ(lost_energy(layer, {codes, true, 0}, kFirst), 4 * first * first + 4 * second * second);
}

TEST(Saturation, CountsSumsThatAnInt16DoesNotHold) {
  // 127 a0 + 127 a1: 129 * 254 = 32766 fits, 259 * 127 = 32893 does not; -32768 itself fits.
  const auto layer = saturable_pairs(2, 2, std::vector<std::int8_t>{127, 127, -128, -128}, true);
  const auto count = [&](std::uint8_t a, std::uint8_t b) {
    return saturation(layer, {std::vector<std::uint8_t>{a, b}, true, 0}, kFirst);
  };
  EXPECT_EQ(count(129, 129), (PairCounts{2, 1, 2, 1})) << "32766 fits, -33024 does not";
  EXPECT_EQ(count(128, 128), (PairCounts{2, 0, 2, 0})) << "32512 and exactly -32768 fit";
  EXPECT_EQ(count(255, 4), (PairCounts{2, 2, 2, 2})) << "259 * 127 = 32893, 259 * -128 = -33152";
  EXPECT_EQ(count(255, 3), (PairCounts{2, 1, 2, 1})) << "258 * 127 = 32766, 258 * -128 = -33024";
}

TEST(Saturation, CountsAResultWithSeveralBadPairsOnce) {
  const auto layer = saturable_pairs(4, 2, std::vector<std::int8_t>{127, 127, 127, 127, 1, 1, 1, 1}, true);
  const std::vector<std::uint8_t> codes(4, 255);
  EXPECT_EQ(saturation(layer, {codes, true, 0}, kFirst), (PairCounts{4, 2, 2, 1}));
}

TEST(Saturation, LooksWhereTheWindowLies) {
  // Two channels of 3 x 3, kernel 2 x 2; only its position (1, 0) can exceed. Bright at row 1, column 1 in both.
  std::vector<std::int8_t> weights(8, 0);
  weights[2] = weights[6] = 127;
  const auto layer = saturable_pairs(square(1, 2, 1, 3, 2), weights);
  const std::vector<std::uint8_t> planes{0, 0, 0, 0, 255, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 255, 0, 0, 0, 0};
  const std::vector<std::uint8_t> pixels{0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0};
  for (std::int64_t position = 0; position < 4; ++position) {
    const std::vector<std::int64_t> here{position};
    const PairCounts expected{4, position == 1 ? 1 : 0, 1, position == 1 ? 1 : 0};
    EXPECT_EQ(saturation(layer, {planes, false, 0}, here), expected) << position;
    EXPECT_EQ(saturation(layer, {pixels, true, 0}, here), expected) << position << ", channels last";
  }
}

TEST(Saturation, TakesPaddingForTheZeroPoint) {
  // One pixel of two channels under a padded 3 x 3 kernel whose corner can exceed.
  std::vector<std::int8_t> weights(18, 0);
  weights[0] = weights[9] = 127;
  const auto layer = saturable_pairs(square(1, 2, 1, 1, 3, 1), weights);
  const std::vector<std::uint8_t> codes{255, 255};
  EXPECT_EQ(saturation(layer, {codes, true, 0}, kFirst).saturated, 0);
  EXPECT_EQ(saturation(layer, {codes, true, 128}, kFirst).saturated, 0) << "2 * 128 * 127 = 32512";
  EXPECT_EQ(saturation(layer, {codes, true, 130}, kFirst).saturated, 1) << "2 * 130 * 127 = 33020";
}

TEST(Saturation, KeepsGroupsApart) {
  // Two groups of two channels, one result each: the second group's channels are bright.
  const auto layer = saturable_pairs(square(2, 2, 1, 1, 1), std::vector<std::int8_t>{127, 127, 127, 127});
  const std::vector<std::uint8_t> codes{0, 0, 255, 255};
  EXPECT_EQ(saturation(layer, {codes, true, 0}, kFirst), (PairCounts{2, 1, 2, 1}));
}

TEST(Saturation, CountsPositionsThroughAllImages) {
  const auto layer = saturable_pairs(2, 1, std::vector<std::int8_t>{127, 127}, true);
  const std::vector<std::uint8_t> rows{0, 0, 255, 255, 0, 255};
  const std::vector<std::int64_t> all{0, 1, 2};
  EXPECT_EQ(saturation(layer, {rows, true, 0}, all), (PairCounts{3, 1, 3, 1}));
}

TEST(Saturation, OfACodeNeverExceedsAtHalfRange) {
  const auto layer = saturable_pairs(2, 2, std::vector<std::int8_t>{64, 64, -64, -64}, true);
  EXPECT_THAT(layer.pairs, IsEmpty()) << "what saturation_fix makes of weights";
}

TEST(SpreadPositions, AreAllWhereThereAreFew) {
  for (const std::int64_t total : {0, 1, 2, 3, 7, 64}) {
    auto positions = spread_positions(total, 64, 5);
    std::sort(positions.begin(), positions.end());
    ASSERT_EQ(static_cast<std::int64_t>(positions.size()), total);
    for (std::int64_t at = 0; at < total; ++at) EXPECT_EQ(positions[static_cast<std::size_t>(at)], at);
  }
}

TEST(SpreadPositions, MeetEveryPlaceInTime) {
  std::set<std::int64_t> seen;
  for (std::int64_t sample = 0; sample < 49; ++sample) {
    const auto positions = spread_positions(3136, 64, sample);
    EXPECT_EQ(std::set(positions.begin(), positions.end()).size(), 64U) << "all different";
    seen.insert(positions.begin(), positions.end());
  }
  EXPECT_EQ(seen.size(), 3136U) << "49 * 64 = 56 * 56";
}

TEST(SpreadPositions, LeaveNoLargeGap) {
  auto positions = spread_positions(12544, 64, 3);
  std::sort(positions.begin(), positions.end());
  std::int64_t widest = positions.front() + 12544 - positions.back();
  for (std::size_t i = 1; i < positions.size(); ++i) widest = std::max(widest, positions[i] - positions[i - 1]);
  EXPECT_LT(widest, 3 * 12544 / 64);
}

}  // namespace
}  // namespace quantrail
