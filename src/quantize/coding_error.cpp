#include "quantize/coding_error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "model/codes.h"

namespace quantrail {
namespace {

/// How codes are read back, real = scale * (code - zero_point), and the reals that some code is near to.
struct Reading {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
  float lo = 0.0F;
  float hi = 0.0F;
};

Reading reading(float scale, std::int32_t zero_point, std::int32_t first, std::int32_t last) {
  const auto at = [&](double code) { return static_cast<float>(scale * (code - zero_point)); };
  return {scale, zero_point, at(first - 0.5), at(last + 0.5)};
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kLanes = 8;  // independent sums, so that the compiler can use vectors

struct Lanes {
  std::array<double, kLanes> signal{};
  std::array<double, kLanes> noise{};
  std::array<std::int64_t, kLanes> elements{};
  std::array<std::int64_t, kLanes> clipped{};
  std::array<float, kLanes> min{};
  std::array<float, kLanes> max{};

  Lanes() {
    min.fill(kInfinity);
    max.fill(-kInfinity);
  }

  void see(std::size_t lane, float value, std::int32_t code, const Reading& read) {
    const bool finite = std::abs(value) < kInfinity;  // false for NaN
    const float x = finite ? value : 0.0F;
    const float back = finite ? read.scale * static_cast<float>(code - read.zero_point) : 0.0F;
    const double error = static_cast<double>(x) - static_cast<double>(back);
    elements[lane] += finite ? 1 : 0;
    clipped[lane] += (x < read.lo ? 1 : 0) + (x > read.hi ? 1 : 0);
    signal[lane] += static_cast<double>(x) * static_cast<double>(x);
    noise[lane] += error * error;
    const float low = finite ? value : kInfinity;
    const float high = finite ? value : -kInfinity;
    min[lane] = low < min[lane] ? low : min[lane];
    max[lane] = high > max[lane] ? high : max[lane];
  }
};

template <class Code>
CodingError sums(std::span<const float> values, std::span<const Code> codes, const Reading& read) {
  Lanes lanes;
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes.see(lane, values[i + lane], codes[i + lane], read);
  }
  for (; i < values.size(); ++i) lanes.see(i % kLanes, values[i], codes[i], read);
  CodingError all;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (lanes.elements[lane] == 0) continue;
    all += {lanes.elements[lane], lanes.clipped[lane], lanes.signal[lane],
            lanes.noise[lane],    lanes.min[lane],     lanes.max[lane]};
  }
  all.not_finite = static_cast<std::int64_t>(values.size()) - all.elements;
  return all;
}

}  // namespace

CodingError& CodingError::operator+=(const CodingError& other) {
  if (other.elements > 0) {
    min = elements > 0 ? std::min(min, other.min) : other.min;
    max = elements > 0 ? std::max(max, other.max) : other.max;
  }
  elements += other.elements;
  not_finite += other.not_finite;
  clipped += other.clipped;
  signal += other.signal;
  noise += other.noise;
  return *this;
}

double CodingError::clipped_share() const {
  return elements > 0 ? static_cast<double>(clipped) / static_cast<double>(elements) : 0.0;
}

std::optional<double> CodingError::sqnr_db() const {
  if (!(noise > 0.0)) return std::nullopt;
  return 10.0 * std::log10(signal / noise);
}

CodingError coding_error(std::span<const float> values, std::span<const std::uint8_t> codes, ActivationParams params) {
  return sums(values, codes, reading(params.scale, params.zero_point, 0, 255));
}

WeightError coding_error(const Tensor& weights, const WeightParams& params) {
  const auto values = weights.values<float>();
  const auto codes = int8_weights(weights, params);
  const auto channels = static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(params.axis)]);
  std::size_t inner = 1;  // elements between neighbours along the axis
  for (auto axis = static_cast<std::size_t>(params.axis) + 1; axis < weights.shape.size(); ++axis) {
    inner *= static_cast<std::size_t>(weights.shape[axis]);
  }
  std::vector<CodingError> by_channel(channels);
  for (std::size_t at = 0; at < values.size(); at += inner) {
    const std::size_t channel = at / inner % channels;
    const float scale = params.scale[params.scale.size() == 1 ? 0 : channel];
    by_channel[channel] += sums(values.subspan(at, inner), std::span<const std::int8_t>(codes).subspan(at, inner),
                                reading(scale, 0, params.lowest, 127));
  }
  WeightError made;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    made.total += by_channel[channel];
    const auto sqnr = by_channel[channel].sqnr_db();
    if (!sqnr || (made.worst_channel_sqnr_db && *made.worst_channel_sqnr_db <= *sqnr)) continue;
    made.worst_channel = static_cast<std::int64_t>(channel);
    made.worst_channel_sqnr_db = sqnr;
  }
  return made;
}

}  // namespace quantrail
