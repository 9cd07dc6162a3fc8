#include "quantize/coding_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace quantrail {
namespace {

TEST(CodingError, OfActivationsSumsSquares) {
  // Step 0.5 from zero: 0.75 reads back as 1, 200 as 127.5.
  const std::vector<float> values{0.5F, 0.75F, 200.0F};
  const std::vector<std::uint8_t> codes{1, 2, 255};
  const auto error = coding_error(values, codes, ActivationParams{0.5F, 0});
  EXPECT_EQ(error.elements, 3);
  EXPECT_DOUBLE_EQ(error.signal, 0.25 + 0.5625 + 40000.0);
  EXPECT_DOUBLE_EQ(error.noise, 0.0625 + 72.5 * 72.5);
  EXPECT_EQ(error.clipped, 1);
}

TEST(CodingError, CountsAsClippedWhatIsMoreThanHalfAStepOutside) {
  // Codes 0 to 255 of step 0.5 around 100 stand for -50 to 77.5.
  const ActivationParams params{0.5F, 100};
  const std::vector<float> values{-50.0F, -50.25F, -50.3F, 77.5F, 77.75F, 77.8F};
  const std::vector<std::uint8_t> codes{0, 0, 0, 255, 255, 255};
  const auto error = coding_error(values, codes, params);
  EXPECT_EQ(error.clipped, 2);
  EXPECT_DOUBLE_EQ(error.clipped_share(), 2.0 / 6.0);
}

TEST(CodingError, KnowsTheExtremesOfAllItsParts) {
  CodingError all;
  all += CodingError{.elements = 2, .min = 3.0F, .max = 4.0F};
  all += CodingError{};
  all += CodingError{.elements = 1, .min = 2.0F, .max = 2.0F};
  EXPECT_EQ(all, (CodingError{.elements = 3, .min = 2.0F, .max = 4.0F}));
}

TEST(CodingError, OfManyElementsIsThatOfEach) {
  // 1 to 21 at step 2: odd ones lie between two codes and lose 1 each. 11 * 1 of noise; the sum of squares is 3311.
  std::vector<float> values;
  std::vector<std::uint8_t> codes;
  for (int x = 1; x <= 21; ++x) {
    values.push_back(static_cast<float>(x));
    codes.push_back(static_cast<std::uint8_t>(x / 2));
  }
  EXPECT_EQ(coding_error(values, codes, ActivationParams{2.0F, 0}),
            (CodingError{.elements = 21, .signal = 3311.0, .noise = 11.0, .min = 1.0F, .max = 21.0F}));
}

TEST(CodingError, HasAnSqnrInDecibels) {
  const CodingError error{.elements = 10, .clipped = 0, .signal = 1000.0, .noise = 0.1};
  EXPECT_NEAR(*error.sqnr_db(), 40.0, 1e-12);
}

TEST(CodingError, HasNoSqnrWhereNothingIsLost) {
  EXPECT_FALSE(CodingError{}.sqnr_db().has_value());
  EXPECT_EQ(CodingError{}.clipped_share(), 0.0);
  const std::vector<float> zeros(4, 0.0F);
  EXPECT_FALSE(
      coding_error(zeros, std::vector<std::uint8_t>(4, 128), ActivationParams{1.0F, 128}).sqnr_db().has_value());
}

TEST(CodingError, LeavesOutWhatIsNoNumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values{kInfinity, -kInfinity, std::nanf(""), 3.0F};
  EXPECT_EQ(coding_error(values, std::vector<std::uint8_t>{255, 0, 0, 3}, ActivationParams{1.0F, 0}),
            (CodingError{.elements = 1, .signal = 9.0, .min = 3.0F, .max = 3.0F, .not_finite = 3}));
  const std::vector<float> none(20, kInfinity);
  EXPECT_EQ(coding_error(none, std::vector<std::uint8_t>(20, 255), ActivationParams{1.0F, 0}),
            CodingError{.not_finite = 20});
}

TEST(WeightError, NamesTheWorstChannel) {
  // Rows are channels of step 1: errors 0; 0.25 and 0.25; 0.5 and 0. 8.25^2 + 4.25^2 = 86.125, 0.5^2 + 3^2 = 9.25.
  const std::vector<float> values{7.0F, 3.0F, 8.25F, 4.25F, 0.5F, 3.0F};
  const auto error = coding_error(Tensor::of<float>({3, 2}, values), {.axis = 0, .scale = {1.0F, 1.0F, 1.0F}});
  EXPECT_EQ(error.total.elements, 6);
  EXPECT_DOUBLE_EQ(error.total.noise, 0.125 + 0.25);
  EXPECT_DOUBLE_EQ(error.total.signal, 58.0 + 86.125 + 9.25);
  EXPECT_EQ(error.worst_channel, 2);
  EXPECT_DOUBLE_EQ(*error.worst_channel_sqnr_db, 10.0 * std::log10(9.25 / 0.25));
}

TEST(WeightError, FollowsTheAxis) {
  // Columns are channels, of steps 1 and 2: 2.25 of the second reads back as 2.
  const std::vector<float> values{7.0F, 4.0F, 3.0F, 2.25F};
  const auto error = coding_error(Tensor::of<float>({2, 2}, values), {.axis = 1, .scale = {1.0F, 2.0F}});
  EXPECT_EQ(error.worst_channel, 1);
  EXPECT_DOUBLE_EQ(error.total.noise, 0.0625);
}

TEST(WeightError, KnowsOneScaleForAllChannelsAndTheLowestCode) {
  const std::vector<float> values{-128.0F, 128.0F};
  const auto clipped = coding_error(Tensor::of<float>({2, 1}, values), {.axis = 0, .scale = {1.0F}});
  EXPECT_EQ(clipped.total.clipped, 2);
  EXPECT_DOUBLE_EQ(clipped.total.noise, 2.0);
  const auto wider = coding_error(Tensor::of<float>({2, 1}, values), {.axis = 0, .scale = {1.0F}, .lowest = -128});
  EXPECT_EQ(wider.total.clipped, 1);
  EXPECT_EQ(wider.worst_channel, 1);
}

TEST(WeightError, HasNoWorstChannelWhereNothingIsLost) {
  const std::vector<float> values{1.0F, 2.0F};
  const auto error = coding_error(Tensor::of<float>({1, 2}, values), {.axis = 0, .scale = {1.0F}});
  EXPECT_FALSE(error.worst_channel_sqnr_db.has_value());
}

}  // namespace
}  // namespace quantrail
