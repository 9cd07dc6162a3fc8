#pragma once

#include <cstdint>
#include <span>

#include "model/tensor.h"

namespace quantrail {

/// The value of 16 bits of IEEE half precision (float16) or of the upper half of a float32 (bfloat16); exact.
[[nodiscard]] float from_float16(std::uint16_t bits);
[[nodiscard]] float from_bfloat16(std::uint16_t bits);

/// The nearest float16 or bfloat16, ties to even; infinity beyond the largest, a quiet NaN for each NaN.
[[nodiscard]] std::uint16_t to_float16(float value);
[[nodiscard]] std::uint16_t to_bfloat16(float value);
/// The same, rounded once.
[[nodiscard]] std::uint16_t to_float16(double value);
[[nodiscard]] std::uint16_t to_bfloat16(double value);

/// A tensor of float16 or bfloat16 as float32. Precondition: is_half(tensor.type).
[[nodiscard]] Tensor widened(const Tensor& tensor);
/// A float32 tensor rounded to `type`. Precondition: is_half(type).
[[nodiscard]] Tensor narrowed(const Tensor& tensor, ElementType type);

}  // namespace quantrail
