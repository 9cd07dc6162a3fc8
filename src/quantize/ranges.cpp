#include "quantize/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace quantrail {
namespace {

constexpr double kMagnitudeOfNothing = 8e-5;
constexpr double kLeastMagnitude = 1e-12;  // what steps are multiplied with must not vanish
constexpr double kLeastWidth = 8e-4;
constexpr double kCodes = 255.0;  // steps between the first and the last code

/// The largest steps with which codes above and below zero stay inside `bounds`; infinite where nothing limits them.
std::pair<float, float> largest_steps(Bounds bounds, std::uint8_t zero_point) {
  constexpr float kNone = std::numeric_limits<float>::infinity();
  if (bounds.lo > 0.0F || bounds.hi < 0.0F) return {kNone, kNone};
  const auto limit = [](float bound, int codes) {
    return bound > kLeastMagnitude && codes > 0 ? bound / static_cast<float>(codes) : kNone;
  };
  return {limit(bounds.hi, 255 - zero_point), limit(-bounds.lo, zero_point)};
}

}  // namespace

ActivationParams symmetric_params(double magnitude, bool non_negative) {
  const double largest = magnitude > 0.0 ? std::max(magnitude, kLeastMagnitude) : kMagnitudeOfNothing;
  if (non_negative) return {static_cast<float>(largest / 255.0), 0};
  return {static_cast<float>(largest / 127.0), 128};
}

ActivationParams asymmetric_params(double lo, double hi) {
  // Of values in small units the range is small; of what hardly varies otherwise it is widened.
  const double with_zero = std::max(hi, 0.0) - std::min(lo, 0.0);
  const bool small_units = with_zero > kLeastMagnitude && with_zero <= kLeastWidth;
  if (hi - lo <= kLeastWidth && !small_units) {
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
  const auto [upper, lower] = largest_steps(bounds, params.zero_point);
  const float most = cut_by(bounds, params) ? std::max(upper, lower) : std::min(upper, lower);
  params.scale = std::min(params.scale, most);
  return params;
}

bool cut_by(Bounds bounds, ActivationParams params) {
  constexpr float kMostOfIt = 1.0F - 2.0F / 255.0F;
  const auto [upper, lower] = largest_steps(bounds, params.zero_point);
  const float inside = std::min({params.scale, upper, lower});
  const auto loses = [&](float bound, int codes) {
    const auto steps = static_cast<float>(codes);
    return steps * inside < std::min(bound, steps * params.scale) * kMostOfIt;
  };
  return loses(bounds.hi, 255 - params.zero_point) || loses(-bounds.lo, params.zero_point);
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
