#include "runtime/resize_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace quantrail {
namespace {

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Where result position `at` lies in the source.
float coordinate(std::int64_t at, const ResizeAxis& axis, const std::string& transform) {
  const auto x = static_cast<float>(at);
  if (axis.scale == 1.0F && axis.in == axis.out) return x;
  if (transform == "asymmetric") return x / axis.scale;
  if (transform == "tf_half_pixel_for_nn") return (x + 0.5F) / axis.scale;
  if (transform == "align_corners") {
    return axis.out == 1 ? 0.0F : x * static_cast<float>(axis.in - 1) / static_cast<float>(axis.out - 1);
  }
  if (transform == "pytorch_half_pixel" && axis.out == 1) return 0.0F;
  float offset = 0.0F;
  if (transform == "half_pixel_symmetric") {
    // The result's size may have been rounded: its middle stays on the source's middle.
    const float adjustment = static_cast<float>(axis.out) / (axis.scale * static_cast<float>(axis.in));
    const float center = static_cast<float>(axis.in) / 2.0F;
    offset = center * (1.0F - adjustment);
  }
  return offset + (x + 0.5F) / axis.scale - 0.5F;
}

std::int64_t rounded(float x, const ResizeAxis& axis, const std::string& how) {
  if (how == "floor") return static_cast<std::int64_t>(std::floor(x));
  if (how == "ceil") return static_cast<std::int64_t>(std::ceil(x));
  if (how == "simple") {  // of Upsample
    return axis.scale < 1.0F ? static_cast<std::int64_t>(std::ceil(x)) : static_cast<std::int64_t>(x);
  }
  const float down = std::floor(x);
  const bool tie = x == down + 0.5F;
  if (how == "round_prefer_ceil") return static_cast<std::int64_t>(tie ? down + 1.0F : std::round(x));
  return static_cast<std::int64_t>(tie ? down : std::round(x));
}

struct LinearTaps {
  std::int64_t first = 0;
  std::array<float, 2> weights{};
};

LinearTaps linear(float x, const ResizeAxis& axis) {
  const float inside = std::clamp(x, 0.0F, static_cast<float>(axis.in - 1));
  const auto first = std::min(static_cast<std::int64_t>(inside), axis.in - 1);
  const float share = inside - static_cast<float>(first);
  return {first, {1.0F - share, share}};
}

/// Keys' kernel at the distances of the four neighbours of a point `s` behind the second of them.
std::array<float, 4> cubic(float s, float a) {
  return {((a * (s + 1.0F) - 5.0F * a) * (s + 1.0F) + 8.0F * a) * (s + 1.0F) - 4.0F * a,
          ((a + 2.0F) * s - (a + 3.0F)) * s * s + 1.0F,
          ((a + 2.0F) * (1.0F - s) - (a + 3.0F)) * (1.0F - s) * (1.0F - s) + 1.0F,
          ((a * (2.0F - s) - 5.0F * a) * (2.0F - s) + 8.0F * a) * (2.0F - s) - 4.0F * a};
}

void leave_out_outside(std::array<float, 4>& weights, std::int64_t first, std::int64_t in) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const auto position = first + static_cast<std::int64_t>(k);
    if (position < 0 || position >= in) weights[k] = 0.0F;
    sum += weights[k];
  }
  for (float& weight : weights) weight /= sum;
}

void add_taps(ResizeTaps& taps, std::int64_t first, std::span<const float> weights, std::int64_t in) {
  for (std::size_t k = 0; k < weights.size(); ++k) {
    taps.positions.push_back(std::clamp<std::int64_t>(first + static_cast<std::int64_t>(k), 0, in - 1));
    taps.weights.push_back(weights[k]);
  }
}

}  // namespace

bool follows(const ResizeRule& rule) {
  return one_of(rule.mode, {"nearest", "linear", "cubic"}) &&
         one_of(rule.transform, {"half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "asymmetric",
                                 "align_corners", "tf_half_pixel_for_nn"}) &&
         one_of(rule.nearest, {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"});
}

std::vector<std::int64_t> positions_along(const ResizeAxis& axis, const ResizeRule& rule) {
  std::vector<std::int64_t> positions;
  positions.reserve(static_cast<std::size_t>(axis.out));
  for (std::int64_t at = 0; at < axis.out; ++at) {
    const auto position = rounded(coordinate(at, axis, rule.transform), axis, rule.nearest);
    positions.push_back(std::clamp<std::int64_t>(position, 0, axis.in - 1));
  }
  return positions;
}

ResizeTaps taps_along(const ResizeAxis& axis, const ResizeRule& rule) {
  ResizeTaps taps;
  taps.count = rule.mode == "cubic" ? 4 : 2;
  taps.positions.reserve(static_cast<std::size_t>(axis.out * taps.count));
  taps.weights.reserve(static_cast<std::size_t>(axis.out * taps.count));
  for (std::int64_t at = 0; at < axis.out; ++at) {
    const float x = coordinate(at, axis, rule.transform);
    if (rule.mode == "linear") {
      const LinearTaps two = linear(x, axis);
      add_taps(taps, two.first, two.weights, axis.in);
      continue;
    }
    const float down = std::floor(x);
    const auto first = static_cast<std::int64_t>(down) - 1;
    auto weights = cubic(x - down, rule.cubic_coefficient);
    if (rule.exclude_outside) leave_out_outside(weights, first, axis.in);
    add_taps(taps, first, weights, axis.in);
  }
  return taps;
}

}  // namespace quantrail
