#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "model/half.h"

namespace quantrail {

/// The bits of `value` as float16 or bfloat16, rounded once to the nearest, ties to even; nothing for a finite value
/// beyond the largest. Precondition: is_half(type).
[[nodiscard]] inline std::optional<std::uint16_t> half_bits(double value, ElementType type) {
  const bool ieee = type == ElementType::Float16;
  const std::uint16_t bits = ieee ? to_float16(value) : to_bfloat16(value);
  const bool lost = std::isfinite(value) && std::isinf(ieee ? from_float16(bits) : from_bfloat16(bits));
  return lost ? std::nullopt : std::optional(bits);
}

}  // namespace quantrail
