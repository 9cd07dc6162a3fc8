#include "quantize/ranges.h"

#include <algorithm>
#include <cmath>

namespace quantrail {
namespace {

constexpr double kLeastMagnitude = 8e-5;
constexpr double kLeastWidth = 8e-4;
constexpr double kLeastShareOfWidest = 0.01;
constexpr double kCodes = 255.0;  // steps between the first and the last code

}  // namespace

ActivationParams symmetric_params(double magnitude, bool non_negative) {
  const double largest = std::max(magnitude, kLeastMagnitude);
  if (non_negative) return {static_cast<float>(largest / 255.0), 0};
  return {static_cast<float>(largest / 127.0), 128};
}

ActivationParams asymmetric_params(double lo, double hi) {
  if (hi - lo <= kLeastWidth) {
    lo -= kLeastWidth;
    hi += kLeastWidth;
  }
  lo = std::min(lo, 0.0);
  hi = std::max(hi, 0.0);
  const double zero_point = std::nearbyint(-lo * kCodes / (hi - lo));
  if (zero_point > 0.0 && zero_point < kCodes) {
    const double moved_lo = zero_point / (zero_point - kCodes) * hi;
    const double moved_hi = (zero_point - kCodes) / zero_point * lo;
    if (hi - moved_lo > moved_hi - lo) {
      lo = moved_lo;
    } else {
      hi = moved_hi;
    }
  }
  return {static_cast<float>((hi - lo) / kCodes), static_cast<std::uint8_t>(zero_point)};
}

ActivationParams within(Bounds bounds, ActivationParams params) {
  if (bounds.lo > 0.0F || bounds.hi < 0.0F) return params;
  const auto below = static_cast<float>(params.zero_point);
  const auto above = static_cast<float>(255 - params.zero_point);
  const auto limit = [&params](float bound, float steps) {
    if (bound > kLeastMagnitude && steps > 0.0F) params.scale = std::min(params.scale, bound / steps);
  };
  limit(bounds.hi, above);
  limit(-bounds.lo, below);
  return params;
}

WeightParams symmetric_weights(const Tensor& weights, std::int64_t axis, float widened) {
  const auto values = weights.values<float>();
  const auto channels = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
  std::size_t inner = 1;
  for (auto a = static_cast<std::size_t>(axis) + 1; a < weights.shape.size(); ++a) {
    inner *= static_cast<std::size_t>(weights.shape[a]);
  }
  std::vector<float> magnitude(channels, 0.0F);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float& largest = magnitude[i / inner % channels];
    largest = std::max(largest, std::abs(values[i]));
  }
  const double widest = magnitude.empty() ? 0.0 : *std::max_element(magnitude.begin(), magnitude.end());
  const double least = std::max(kLeastMagnitude, kLeastShareOfWidest * widest);
  WeightParams params{axis, {}};
  for (const float largest : magnitude) {
    params.scale.push_back(static_cast<float>(std::max<double>(largest, least) / 127.0) * widened);
  }
  return params;
}

WeightParams with_room_for_bias(WeightParams params, std::span<const float> bias, float input_scale) {
  constexpr double kMostSteps = 0x1p29;
  for (std::size_t c = 0; c < std::min(bias.size(), params.scale.size()); ++c) {
    const double least = std::abs(static_cast<double>(bias[c])) / (kMostSteps * input_scale);
    if (params.scale[c] < least) params.scale[c] = static_cast<float>(least);
  }
  return params;
}

}  // namespace quantrail
