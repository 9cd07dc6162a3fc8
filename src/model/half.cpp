#include "model/half.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantrail {
namespace {

/// The float32 next to `value` whose last bit says whether anything was cut off, so that rounding it once more to fewer
/// bits rounds as if from `value` itself.
float rounded_to_odd(double value) {
  const auto nearest = static_cast<float>(value);
  if (std::isnan(value) || std::isinf(nearest) || static_cast<double>(nearest) == value) return nearest;
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (std::abs(static_cast<double>(nearest)) > std::abs(value)) --bits;
  return std::bit_cast<float>(bits | 1U);
}

}  // namespace

float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 31U;
  const std::uint32_t mantissa = bits & 1023U;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13U));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23U) | (mantissa << 13U));
  const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -magnitude : magnitude;
}

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16U); }

std::uint16_t to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
  if (magnitude < 0x38800000U) {  // a subnormal half: whole steps of 2^-24
    const float steps = std::nearbyint(std::bit_cast<float>(magnitude) * 16777216.0F);
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(steps));
  }
  const std::uint32_t rounded = magnitude + 0xFFFU + ((magnitude >> 13U) & 1U);
  return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000U) >> 13U));
}

std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16U) | 0x40U);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

std::uint16_t to_float16(double value) { return to_float16(rounded_to_odd(value)); }
std::uint16_t to_bfloat16(double value) { return to_bfloat16(rounded_to_odd(value)); }

Tensor widened(const Tensor& tensor) { return Tensor::of<float>(tensor.shape, floats_of(tensor)); }

Tensor narrowed(const Tensor& tensor, ElementType type) {
  Tensor half = Tensor::zeros(type, tensor.shape);
  const auto from = tensor.values<float>();
  auto* to = reinterpret_cast<std::uint16_t*>(half.bytes.data());
  std::transform(from.begin(), from.end(), to,
                 [type](float value) { return type == ElementType::Float16 ? to_float16(value) : to_bfloat16(value); });
  return half;
}

}  // namespace quantrail
