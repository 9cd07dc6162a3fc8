#include "quantize/ranges.h"

#include <algorithm>
#include <cmath>

namespace quantrail {
namespace {

constexpr double kLeastMagnitude = 8e-5;
constexpr double kLeastWidth = 8e-4;
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

WeightParams with_room_for_bias(WeightParams params, std::span<const float> bias, float input_scale) {
  constexpr double kMostSteps = 0x1p29;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    float& step = params.scale[params.scale.size() == 1 ? 0 : c];
    const double least = std::abs(static_cast<double>(bias[c])) / (kMostSteps * input_scale);
    if (step < least) step = static_cast<float>(least);
  }
  return params;
}

}  // namespace quantrail
