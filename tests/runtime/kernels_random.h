#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include "model/quantization.h"

namespace quantrail::kernels {

using Sizes = std::vector<std::int64_t>;

inline std::size_t product(const Sizes& sizes) {
  return static_cast<std::size_t>(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>()));
}

/// Values for tests; the same for the same seed.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  [[nodiscard]] std::int64_t integer(std::int64_t lo, std::int64_t hi) {
    return std::uniform_int_distribution<std::int64_t>(lo, hi)(engine_);
  }
  [[nodiscard]] float real(float spread = 1.0F) { return std::normal_distribution<float>(0.0F, spread)(engine_); }
  [[nodiscard]] std::vector<float> reals(std::size_t count, float spread = 1.0F) {
    std::vector<float> values(count);
    for (float& value : values) value = real(spread);
    return values;
  }
  [[nodiscard]] std::vector<std::uint8_t> codes(std::size_t count) {
    std::vector<std::uint8_t> values(count);
    for (auto& value : values) value = static_cast<std::uint8_t>(integer(0, 255));
    return values;
  }
  [[nodiscard]] ActivationParams params() {
    return {std::exp(real(1.0F)) / 50.0F, static_cast<std::uint8_t>(integer(0, 255))};
  }
  [[nodiscard]] Sizes sizes(std::size_t rank, std::int64_t largest) {
    Sizes sizes(rank);
    for (auto& size : sizes) size = integer(1, largest);
    return sizes;
  }

 private:
  std::mt19937 engine_;
};

/// The definitions of QuantizeLinear and DequantizeLinear, one value at a time.
inline std::uint8_t plain_code(float real, ActivationParams params, int lo = 0, int hi = 255) {
  if (std::isnan(real)) real = 0.0F;
  const double rounded = std::nearbyint(static_cast<double>(real / params.scale)) + params.zero_point;
  return static_cast<std::uint8_t>(std::min<double>(std::max<double>(rounded, lo), hi));
}
inline float plain_real(std::uint8_t code, ActivationParams params) {
  return params.scale * static_cast<float>(static_cast<int>(code) - static_cast<int>(params.zero_point));
}

/// The indices of every element of a row-major tensor, in order.
inline void for_each_index(const Sizes& sizes, const std::function<void(const Sizes&)>& visit) {
  if (product(sizes) == 0) return;
  Sizes at(sizes.size(), 0);
  for (;;) {
    visit(at);
    std::size_t axis = sizes.size();
    while (axis > 0 && ++at[axis - 1] == sizes[axis - 1]) at[--axis] = 0;
    if (axis == 0) return;
  }
}

inline std::size_t offset(const Sizes& sizes, const Sizes& at) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) offset = offset * sizes[axis] + at[axis];
  return static_cast<std::size_t>(offset);
}

inline std::vector<std::uint32_t> bits(std::span<const float> values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

}  // namespace quantrail::kernels
