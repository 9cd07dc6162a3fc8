#include "quantize/weight_steps.h"

#include <algorithm>
#include <cmath>

#include "model/codes.h"
#include "model/shape_math.h"
#include "quantize/aggregators.h"

namespace quantrail {
namespace {

constexpr double kMagnitudeOfNothing = 8e-5;
constexpr double kLeastMagnitude = 1e-12;  // what steps are multiplied with must not vanish

std::vector<std::vector<float>> slices(const Tensor& weights, std::int64_t axis, bool per_channel) {
  const auto values = weights.values<float>();
  if (!per_channel) return {{values.begin(), values.end()}};
  const auto channels = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
  const auto inner = static_cast<std::size_t>(strides_of(weights.shape)[static_cast<std::size_t>(axis)]);
  std::vector<std::vector<float>> out(channels);
  if (values.empty()) return out;
  for (auto& slice : out) slice.reserve(values.size() / channels);
  std::size_t channel = 0;
  for (auto at = values.begin(); at != values.end(); at += static_cast<std::ptrdiff_t>(inner)) {
    out[channel].insert(out[channel].end(), at, at + static_cast<std::ptrdiff_t>(inner));
    channel = channel + 1 == channels ? 0 : channel + 1;
  }
  return out;
}

double largest_magnitude(const std::vector<float>& slice) {
  float largest = 0.0F;
  for (const float w : slice) largest = std::max(largest, std::abs(w));
  return largest;
}

double squared_error(const std::vector<float>& slice, float step, float levels) {
  double sum = 0.0;
  for (const float w : slice) {
    const float error = std::clamp(std::nearbyint(w / step), -levels, levels) * step - w;
    sum += static_cast<double>(error) * error;
  }
  return sum;
}

double least_error_magnitude(const std::vector<float>& slice, std::int32_t levels) {
  constexpr int kShares = 64;
  const double largest = largest_magnitude(slice);
  const auto error_at = [&](double magnitude) {
    return squared_error(slice, static_cast<float>(magnitude / levels), static_cast<float>(levels));
  };
  double best = largest;
  if (largest < kLeastMagnitude) return best;
  double least = error_at(largest);
  for (int i = kShares - 1; i >= kShares / 2; --i) {
    const double magnitude = largest * i / kShares;
    if (const double error = error_at(magnitude); error < least) best = magnitude, least = error;
  }
  return best;
}

double magnitude_of(std::vector<float> slice, const WeightRule& rule) {
  if (slice.empty()) return 0.0;
  if (rule.preset == RangePreset::Mse) return least_error_magnitude(slice, rule.levels);
  const bool signed_end = rule.max.type == ExtremeType::Max || rule.max.type == ExtremeType::Quantile;
  if (!signed_end || rule.preset == RangePreset::Percentile) {
    for (float& w : slice) w = std::abs(w);
  }
  if (rule.preset == RangePreset::Percentile) return quantile_of(slice, rule.percentile / 100.0);
  const bool extreme = rule.max.type == ExtremeType::Max || rule.max.type == ExtremeType::AbsMax;
  return extreme ? *std::max_element(slice.begin(), slice.end()) : quantile_of(slice, 1.0 - rule.max.outlier_prob);
}

}  // namespace

WeightParams weight_steps(const Tensor& weights, std::int64_t axis, const WeightRule& rule, float widened) {
  std::vector<double> magnitudes;
  for (auto& slice : slices(weights, axis, rule.per_channel)) {
    const double magnitude = magnitude_of(std::move(slice), rule);
    magnitudes.push_back(std::min(magnitude, rule.max.clipping_value.value_or(magnitude)));
  }
  const double widest = magnitudes.empty() ? 0.0 : *std::max_element(magnitudes.begin(), magnitudes.end());
  const double least = widest > 0.0 ? std::max(kLeastMagnitude, rule.least_share * widest) : kMagnitudeOfNothing;
  WeightParams params{.axis = axis, .scale = {}, .lowest = -rule.levels};
  for (const double magnitude : magnitudes) {
    params.scale.push_back(static_cast<float>(std::max(magnitude, least) / rule.levels) * widened);
  }
  return params;
}

}  // namespace quantrail
