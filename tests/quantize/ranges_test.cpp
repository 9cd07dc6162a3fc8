#include "quantize/ranges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace quantrail {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

// Worked values of POT's formulas.
TEST(AsymmetricParams, MoveTheUpperBorderOutward) {
  const auto params = asymmetric_params(-0.9, 2.1);
  EXPECT_EQ(params.zero_point, 76);
  EXPECT_NEAR(params.scale, 0.0118421053, 1e-9);
}

TEST(AsymmetricParams, MoveTheLowerBorderOutward) {
  EXPECT_EQ(asymmetric_params(-1.0, 1.0), (ActivationParams{static_cast<float>(2.0078740157480315 / 255.0), 128}));
  EXPECT_EQ(asymmetric_params(-0.01, 5.0), (ActivationParams{static_cast<float>(5.0196850393700787 / 255.0), 1}));
}

TEST(AsymmetricParams, PutZeroOnACode) {
  const auto params = asymmetric_params(-0.37, 11.3);
  EXPECT_EQ(params.zero_point, 8);
  EXPECT_NEAR(params.scale, 0.04625, 1e-8);
}

TEST(AsymmetricParams, SaturateLessThanHalfAStepWhereZeroIsTheFirstCode) {
  const auto params = asymmetric_params(-0.001, 5.0);
  EXPECT_EQ(params.zero_point, 0);
  EXPECT_NEAR(params.scale, 5.001 / 255, 1e-7);
}

TEST(AsymmetricParams, IncludeZeroInAOneSidedRange) {
  EXPECT_EQ(asymmetric_params(2.0, 5.0), (ActivationParams{5.0F / 255.0F, 0}));
  EXPECT_EQ(asymmetric_params(-5.0, -2.0), (ActivationParams{5.0F / 255.0F, 255}));
}

TEST(AsymmetricParams, WidenARangeThatIsAPoint) {
  EXPECT_EQ(asymmetric_params(0.0, 0.0), asymmetric_params(-8e-4, 8e-4));
  EXPECT_FLOAT_EQ(asymmetric_params(0.0, 2e-6).scale, 2e-6F / 255.0F) << "small units";
  EXPECT_FLOAT_EQ(asymmetric_params(5.0, 5.0).scale, 5.0008F / 255.0F) << "hardly varies";
  EXPECT_GT(asymmetric_params(0.0, 0.0).scale, 0.0F);
}

TEST(AsymmetricParams, CoverTheRangeToHalfAStep) {
  for (int i = 0; i < 2000; ++i) {
    const double lo = -0.003 * (i % 50);
    const double hi = 0.01 + 0.05 * (i / 50.0);
    const auto params = asymmetric_params(lo, hi);
    EXPECT_LE(activation_real(0, params), lo + 0.5 * params.scale);
    EXPECT_GE(activation_real(255, params), hi - 0.5001 * params.scale);
    EXPECT_EQ(activation_real(params.zero_point, params), 0.0F);
  }
}

TEST(SymmetricParams, UseAllCodesForNonNegativeValues) {
  EXPECT_EQ(symmetric_params(2.55, true), (ActivationParams{static_cast<float>(2.55 / 255.0), 0}));
}

TEST(SymmetricParams, PutZeroInTheMiddleForSignedValues) {
  EXPECT_EQ(symmetric_params(2.54, false), (ActivationParams{0.02F, 128}));
}

TEST(SymmetricParams, AssumeALeastMagnitude) {
  EXPECT_EQ(symmetric_params(0.0, true), (ActivationParams{static_cast<float>(8e-5 / 255.0), 0}));
  EXPECT_EQ(symmetric_params(1e-6, true), (ActivationParams{static_cast<float>(1e-6 / 255.0), 0})) << "small units";
}

TEST(Within, KeepsCodesInsideARelu6) {
  const auto params = within({0.0F, 6.0F}, {0.025F, 0});
  EXPECT_EQ(params.scale, 6.0F / 255.0F);
  EXPECT_TRUE(covered_by_codes({0.0F, 6.0F}, params));
}

TEST(Within, KeepsCodesInsideBothBoundsOfASignedClip) {
  const auto params = within({-1.0F, 1.0F}, symmetric_params(1.0, false));
  EXPECT_EQ(params, (ActivationParams{1.0F / 128.0F, 128}));
  EXPECT_TRUE(covered_by_codes({-1.0F, 1.0F}, params));
}

TEST(Within, CutsNothingOffWhereBoundsAreUneven) {
  const auto symmetric = symmetric_params(1.0, false);
  EXPECT_TRUE(cut_by({-0.3F, 1.0F}, symmetric));
  EXPECT_EQ(within({-0.3F, 1.0F}, symmetric), symmetric) << "with the step of .3 / 128 all above .3 would be lost";
  EXPECT_EQ(within({-0.3F, 1.0F}, symmetric_params(2.0, false)).scale, 1.0F / 127.0F);
  const auto shifted = asymmetric_params(-0.3, 1.0);
  EXPECT_FALSE(cut_by({-0.3F, 1.0F}, shifted));
  EXPECT_TRUE(covered_by_codes({-0.3F, 1.0F}, within({-0.3F, 1.0F}, shifted)));
  EXPECT_FALSE(cut_by({0.0F, 6.0F}, symmetric_params(6.0, true)));
  EXPECT_FALSE(cut_by({-1.0F, 1.0F}, symmetric)) << "one code of 256";
}

TEST(Within, LeavesWhatFitsAndWhatCannotFit) {
  EXPECT_EQ(within({0.0F, 6.0F}, {0.01F, 0}), (ActivationParams{0.01F, 0}));
  EXPECT_EQ(within({-kInf, kInf}, {9.0F, 128}), (ActivationParams{9.0F, 128}));
  EXPECT_EQ(within({1.0F, 6.0F}, {0.1F, 0}), (ActivationParams{0.1F, 0}));
  EXPECT_EQ(within({0.0F, 1e-30F}, {0.1F, 0}), (ActivationParams{0.1F, 0}));
}

TEST(RoomForBias, EnlargesOnlyTheChannelsThatWouldOverflow) {
  const std::vector<float> bias{1.0F, 1e6F};
  const auto params = with_room_for_bias({0, {1e-4F, 1e-4F}}, bias, 1e-3F);
  EXPECT_EQ(params.scale[0], 1e-4F);
  EXPECT_GT(params.scale[1], 1e-4F);
  const auto codes = int32_bias(bias, accumulator_scales(1e-3F, params));
  EXPECT_NEAR(codes[1], 0x1p29, 0x1p10);
}

TEST(RoomForBias, EnlargesASharedStepForTheLargestBias) {
  const std::vector<float> bias{1.0F, -1e6F, 2.0F};
  const auto params = with_room_for_bias({0, {1e-4F}}, bias, 1e-3F);
  EXPECT_NEAR(int32_bias(bias, accumulator_scales(1e-3F, params))[1], -0x1p29, 0x1p10);
}

TEST(RoomForBias, LeavesLayersWithoutBiasAlone) {
  EXPECT_EQ(with_room_for_bias({0, {1e-30F}}, {}, 1.0F).scale, std::vector<float>{1e-30F});
}

}  // namespace
}  // namespace quantrail
