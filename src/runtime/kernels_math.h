#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runtime/isa.h"
#include "runtime/kernels_code.h"

namespace quantrail::kernels {

// Transcendental functions for inner loops: no branches and no tables, so that they vectorise. Where multiply and add
// are fused, they are so by name and on every processor: the bits are the same everywhere. The polynomials are our own
// minimax fits (Lawson's algorithm on Chebyshev points). NaN gives NaN.

/// a * b + c, rounded once. A processor without the instruction (before 2013) takes a function call.
QUANTRAIL_INLINE float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

/// 2^n for n in [-126, 127].
QUANTRAIL_INLINE float power_of_two(std::int32_t n) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(n + 127) << 23U);
}

/// e^x = fraction * 2^exponent, fraction in [0.7, 1.42].
struct Power {
  float fraction;
  std::int32_t exponent;
};
QUANTRAIL_INLINE Power power_of_e(float x) {
  const float shifted = fused(x, 1.44269504F, kRounder);
  const float n = shifted - kRounder;
  const float r = fused(n, 2.12194440e-4F, fused(n, -0.693359375F, x));  // ln 2 in two parts
  float p = 1.395072555e-3F;
  p = fused(p, r, 8.369024843e-3F);
  p = fused(p, r, 4.166620225e-2F);
  p = fused(p, r, 1.666651815e-1F);
  p = fused(p, r, 0.5F);
  p = fused(p, r * r, r) + 1.0F;
  return {p, static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(kRounder))};
}

/// e^x for x in [-87, 0]. Within 1.1 ulp.
QUANTRAIL_INLINE float exp_of_moderate(float x) {
  const Power power = power_of_e(x);
  return power.fraction * power_of_two(power.exponent);
}

/// e^x for x <= 0. Within 1.1 ulp, or 0 below the normal numbers, with which processors are slow.
QUANTRAIL_INLINE float exp_of_negative(float x) {
  constexpr float kEnd = -87.0F;
  const float inside = exp_of_moderate(x < kEnd ? kEnd : x);
  return x < kEnd ? 0.0F : inside;
}

/// e^x; overflows to infinity, underflows through the denormals to 0. Within 1.1 ulp.
QUANTRAIL_INLINE float exp_of(float x) {
  x = x < -104.0F ? -104.0F : x;
  x = x > 89.0F ? 89.0F : x;
  const Power power = power_of_e(x);
  // In two steps, since 2^n alone may be neither a normal number nor finite.
  const std::int32_t half = power.exponent >> 1;
  return power.fraction * power_of_two(half) * power_of_two(power.exponent - half);
}

/// The natural logarithm. Within 1 ulp.
QUANTRAIL_INLINE float log_of(float x) {
  constexpr float kLeast = 1.17549435e-38F;  // of the normal numbers
  constexpr std::int32_t kRootOfHalf = 0x3F3504F3;
  const bool tiny = x < kLeast;
  const auto bits = std::bit_cast<std::int32_t>(tiny ? x * 8388608.0F : x);  // 2^23
  // x = m * 2^n, m in [sqrt(1/2), sqrt(2)).
  const std::int32_t from_root = bits - kRootOfHalf;
  const auto n = static_cast<float>((from_root >> 23) - (tiny ? 23 : 0));
  const float r = std::bit_cast<float>((from_root & 0x7FFFFF) + kRootOfHalf) - 1.0F;
  float p = 0.06746641046F;
  p = fused(p, r, -0.1167565196F);
  p = fused(p, r, 0.118881621F);
  p = fused(p, r, -0.1240558888F);
  p = fused(p, r, 0.1421955238F);
  p = fused(p, r, -0.1666799586F);
  p = fused(p, r, 0.2000211866F);
  p = fused(p, r, -0.250000096F);
  p = fused(p, r, 0.333333126F);
  const float square = r * r;
  const float rest = fused(square, fused(r, p, -0.5F), n * -2.12194440e-4F);  // ln 2 in two parts
  const float inside = fused(n, 0.693359375F, r + rest);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float end = x == 0.0F ? -kInfinity : (x < 0.0F ? std::numeric_limits<float>::quiet_NaN() : x);
  return x > 0.0F && x < kInfinity ? inside : end;
}

/// log(1 + e^x), without overflow, and without cancellation for very negative x. Within 2.5 ulp.
QUANTRAIL_INLINE float softplus_of(float x) {
  const float e = exp_of(-std::fabs(x));
  const float sum = 1.0F + e;
  const float lost = e - (sum - 1.0F);
  return (x < 0.0F ? 0.0F : x) + (log_of(sum) + lost / sum);
}

/// 1 / (1 + e^-x). Within 2.5 ulp.
QUANTRAIL_INLINE float sigmoid_of(float x) {
  const float e = exp_of(-std::fabs(x));
  return (x < 0.0F ? e : 1.0F) / (1.0F + e);
}

/// Within 1.5 ulp.
QUANTRAIL_INLINE float tanh_of(float x) {
  const float size = std::fabs(x);
  const float square = x * x;
  float p = 2.147538820e-3F;
  p = fused(p, square, -8.182676509e-3F);
  p = fused(p, square, 2.170296758e-2F);
  p = fused(p, square, -5.394720286e-2F);
  p = fused(p, square, 1.333321035e-1F);
  p = fused(p, square, -3.333333135e-1F);
  const float near_zero = fused(x, square * p, x);
  const float far = std::copysign(1.0F - 2.0F / (exp_of(2.0F * size) + 1.0F), x);
  return size < 0.625F ? near_zero : (x == x ? far : x);
}

/// Within 1.5 ulp.
QUANTRAIL_INLINE float erf_of(float x) {
  const float square = x * x;
  float p = -9.680140465e-6F;
  p = fused(p, square, 1.127054638e-4F);
  p = fused(p, square, -8.484711871e-4F);
  p = fused(p, square, 5.221074913e-3F);
  p = fused(p, square, -2.686544508e-2F);
  p = fused(p, square, 1.128378287e-1F);
  p = fused(p, square, -3.761263788e-1F);
  p = fused(p, square, 1.283791661e-1F);
  const float near_zero = fused(x, p, x);

  float size = std::fabs(x);
  size = size > 4.0F ? 4.0F : size;  // 1 - erf(4) is below half an ulp of 1
  float q = 2.168676292e-5F;         // -log(1 - erf(size))
  q = fused(q, size, -4.413352872e-4F);
  q = fused(q, size, 4.204556346e-3F);
  q = fused(q, size, -2.520824037e-2F);
  q = fused(q, size, 1.084185541e-1F);
  q = fused(q, size, 6.332198977e-1F);
  q = fused(q, size, 1.129578352F);
  q = fused(q, size, -1.880370546e-4F);
  const float far = std::copysign(1.0F - exp_of(-q), x);
  return size < 1.0F ? near_zero : (x == x ? far : x);
}

/// 0.5 * x * (1 + erf(x / sqrt(2))). Within 1e-7 * max(1, |x|): 1 - erf is computed as such, not by a difference.
QUANTRAIL_INLINE float gelu_of(float x) {
  constexpr float kEnd = 4.1F;  // there, 1 - erf is below half an ulp of 1
  const float distance = std::fabs(x) * 0.707106781F;
  const float size = distance > kEnd ? kEnd : distance;
  float q = 3.144018774e-5F;  // -log(1 - erf(size)) / size
  q = fused(q, size, -3.088024096e-4F);
  q = fused(q, size, 1.032402506e-3F);
  q = fused(q, size, 5.369319697e-4F);
  q = fused(q, size, -1.958395913e-2F);
  q = fused(q, size, 1.029196158e-1F);
  q = fused(q, size, 6.365977526e-1F);
  q = fused(q, size, 1.128380299F);
  const float inside = 0.5F * exp_of_moderate(-(q * size));
  const float tail = distance > kEnd ? 0.0F : inside;
  return x * (x < 0.0F ? tail : 1.0F - tail);
}

/// x / (1 + e^-(linear * x + cubic * x^3)), which is 0.5 * x * (1 + tanh of half of that).
QUANTRAIL_INLINE float gelu_by_tanh_of(float x, float linear, float cubic) {
  return x * sigmoid_of(x * fused(cubic, x * x, linear));
}

/// sqrt(x) but for what powers do at the ends: both of -0 and of minus infinity are positive.
QUANTRAIL_INLINE float power_of_half(float x) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return std::sqrt(x == -kInfinity ? kInfinity : x) + 0.0F;
}

}  // namespace quantrail::kernels
