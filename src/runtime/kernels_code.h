#pragma once

#include <bit>
#include <cstdint>

#include "model/quantization.h"
#include "runtime/isa.h"

namespace quantrail::kernels {

/// 1.5 * 2^23. Adding it to x, |x| <= 2^22, rounds x half to even, and leaves the integer in the low bits of the sum.
inline constexpr float kRounder = 12582912.0F;

/// Float32 to codes in [lo, hi], ready for inner loops. The clamp comes before the rounding: its bounds are integers,
/// so that changes nothing but keeps the rounding in range.
class Coder {
 public:
  explicit Coder(ActivationParams params, std::uint8_t lo = 0, std::uint8_t hi = 255)
      : scale_(params.scale),
        zero_point_(params.zero_point),
        lowest_(static_cast<float>(lo - params.zero_point)),
        highest_(static_cast<float>(hi - params.zero_point)) {}

  /// clamp(round(real / scale) + zero_point, lo, hi); NaN: the code nearest to the zero point.
  [[nodiscard]] QUANTRAIL_INLINE std::uint8_t code(float real) const {
    const float steps = real / scale_;
    return rounded(steps == steps ? steps : 0.0F);
  }

  /// The same, a quarter faster, for what is computed from codes; NaN, which takes scales beyond 1e36, becomes `lo`.
  [[nodiscard]] QUANTRAIL_INLINE std::uint8_t code_of_number(float real) const { return rounded(real / scale_); }

  /// scale * (code(real) - zero_point).
  [[nodiscard]] QUANTRAIL_INLINE float real_of_code(float real) const {
    const float steps = real / scale_;
    return scale_ * ((clamped(steps == steps ? steps : 0.0F) + kRounder) - kRounder);
  }

 private:
  [[nodiscard]] QUANTRAIL_INLINE float clamped(float steps) const {
    steps = steps > lowest_ ? steps : lowest_;
    return steps < highest_ ? steps : highest_;
  }
  [[nodiscard]] QUANTRAIL_INLINE std::uint8_t rounded(float steps) const {
    return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(clamped(steps) + kRounder) + zero_point_);
  }

  float scale_;
  std::uint32_t zero_point_;
  float lowest_;
  float highest_;
};

/// What arithmetic on codes gives to codes in [lo, hi], rounded half to even; NaN becomes `lo`.
class Rounder {
 public:
  Rounder(std::uint8_t lo, std::uint8_t hi) : lo_(lo), hi_(hi) {}
  [[nodiscard]] QUANTRAIL_INLINE std::uint8_t code(float number) const {
    number = number > lo_ ? number : lo_;
    number = number < hi_ ? number : hi_;
    return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(number + kRounder));
  }

 private:
  float lo_;
  float hi_;
};

/// real = scale * (code - zero_point).
class Decoder {
 public:
  explicit Decoder(ActivationParams params) : scale_(params.scale), zero_point_(params.zero_point) {}
  [[nodiscard]] QUANTRAIL_INLINE float real(std::uint8_t code) const {
    return scale_ * static_cast<float>(static_cast<std::int32_t>(code) - zero_point_);
  }

 private:
  float scale_;
  std::int32_t zero_point_;
};

}  // namespace quantrail::kernels
