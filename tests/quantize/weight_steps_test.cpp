#include "quantize/weight_steps.h"

#include <gtest/gtest.h>

#include "model/codes.h"

namespace quantrail {
namespace {

Tensor rows(const std::vector<std::vector<float>>& values) {
  std::vector<float> all;
  for (const auto& row : values) all.insert(all.end(), row.begin(), row.end());
  return Tensor::of<float>({static_cast<std::int64_t>(values.size()), static_cast<std::int64_t>(values[0].size())},
                           std::span<const float>(all));
}

float step(double magnitude) { return static_cast<float>(magnitude / 127); }

TEST(WeightSteps, GiveNoChannelLessThanTheRulesShareOfTheWidest) {
  const Tensor weights = rows({{1.0F, -0.2F}, {-0.5F, 0.1F}, {0.004F, 0.0F}, {0.0F, 0.0F}});
  const auto params = weight_steps(weights, 0, {});
  EXPECT_EQ(params.axis, 0);
  EXPECT_EQ(params.scale, (std::vector<float>{step(1.0), step(0.5), step(0.01), step(0.01)}));
  EXPECT_EQ(weight_steps(weights, 0, {.least_share = 1e-6}).scale,
            (std::vector<float>{step(1.0), step(0.5), step(0.004F), step(1e-6)}));
}

TEST(WeightSteps, FollowTheAxis) {
  EXPECT_EQ(weight_steps(rows({{1.27F, -2.54F}, {0.5F, 0.1F}}), 1, {}).scale, (std::vector<float>{0.01F, 0.02F}));
}

TEST(WeightSteps, ExistEvenWhereAllAreZero) {
  EXPECT_EQ(weight_steps(rows({{0.0F}}), 0, {}).scale, std::vector<float>{step(8e-5)});
  // Of an input in large units the weights are small.
  EXPECT_EQ(weight_steps(rows({{1e-6F}, {5e-7F}, {1e-9F}}), 0, {}).scale,
            (std::vector<float>{step(1e-6F), step(5e-7F), step(0.01 * 1e-6F)}));
}

TEST(WeightSteps, KeepCodesWithin64WhenWidened) {
  const Tensor weights = rows({{1.27F, -1.27F}});
  const auto codes = int8_weights(weights, weight_steps(weights, 0, {}, 2.0F));
  EXPECT_EQ(codes, (std::vector<std::int8_t>{64, -64}));
}

TEST(WeightSteps, AreOneForTheWholeTensorWhereAsked) {
  EXPECT_EQ(weight_steps(rows({{1.0F, -2.54F}, {0.5F, 0.1F}}), 0, {.per_channel = false}).scale,
            std::vector<float>{0.02F});
}

TEST(WeightSteps, UseAsManyCodesAsTheLevelsSay) {
  const Tensor weights = rows({{0.63F, -0.63F, 0.01F}});
  const auto params = weight_steps(weights, 0, {.levels = 63});
  EXPECT_EQ(params.lowest, -63);
  EXPECT_EQ(int8_weights(weights, params), (std::vector<std::int8_t>{63, -63, 1}));
}

TEST(WeightSteps, LeaveOutliersOutByQuantile) {
  // 0, 1, ..., 10 and their negatives shuffled: |w| sorted is 0 1 1 2 2 ... 10 10; position 0.9 * 20 = 18 is 9.
  std::vector<float> row;
  for (int i = 0; i <= 10; ++i) row.push_back(static_cast<float>(i));
  for (int i = 1; i <= 10; ++i) row.push_back(static_cast<float>(-i));
  const EndRule abs{.type = ExtremeType::AbsQuantile, .outlier_prob = 0.1};
  EXPECT_EQ(weight_steps(rows({row}), 0, {.max = abs}).scale[0], step(9.0));
  const EndRule one_sided{.type = ExtremeType::Quantile, .outlier_prob = 0.1};  // position 18 of -10 ... 10: 8
  EXPECT_EQ(weight_steps(rows({row}), 0, {.max = one_sided}).scale[0], step(8.0));
}

TEST(WeightSteps, TakeTheLargestSignedValueForPotsMax) {
  const EndRule max{.type = ExtremeType::Max};
  EXPECT_EQ(weight_steps(rows({{1.0F, -3.0F}}), 0, {.max = max}).scale[0], step(1.0));
}

TEST(WeightSteps, AreClippedAsAsked) {
  EXPECT_EQ(
      weight_steps(rows({{1.0F, -3.0F}}), 0, {.max = {.type = ExtremeType::AbsMax, .clipping_value = 2.0}}).scale[0],
      step(2.0));
}

double squared_error(const Tensor& weights, const WeightParams& params) {
  const auto reals = dequantized_weights(weights, params);
  double sum = 0.0;
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const double error = reals[i] - weights.values<float>()[i];
    sum += error * error;
  }
  return sum;
}

TEST(WeightSteps, OfTheLeastErrorClipAnOutlierWhereThatPays) {
  std::vector<float> row;
  for (int i = 0; i < 4000; ++i) row.push_back(0.3F * static_cast<float>((i * 7919) % 2003) / 2003.0F);
  row.push_back(0.5F);
  const Tensor weights = rows({row});
  const auto params = weight_steps(weights, 0, {.preset = RangePreset::Mse});
  EXPECT_LT(params.scale[0], step(0.5));
  EXPECT_LE(squared_error(weights, params), squared_error(weights, weight_steps(weights, 0, {})));
}

TEST(WeightSteps, OfTheLeastErrorCoverAllWhereClippingWouldCostMore) {
  EXPECT_EQ(weight_steps(rows({{1.0F, -1.0F}}), 0, {.preset = RangePreset::Mse}).scale[0], step(1.0));
}

TEST(DequantizedWeights, AreCodesTimesSteps) {
  EXPECT_EQ(dequantized_weights(rows({{1.0F, 0.24F}, {0.6F, -0.1F}}), {0, {0.5F, 0.2F}}),
            (std::vector<float>{1.0F, 0.0F, 0.2F * 3.0F, -0.0F}));
}

}  // namespace
}  // namespace quantrail
