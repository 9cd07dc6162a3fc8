#pragma once

#include "model/quantization.h"

namespace quantrail {

// Sums and products of codes, bit for bit as ONNX Runtime's QLinearAdd and QLinearMul compute them on x86-64 with FMA
// (found by comparing all pairs of codes). They differ from dequantizing, computing and quantizing in about one pair of
// a million, where that comes next to half a code. The result's zero point is added before the rounding.

/// code = round(fma(lhs, lhs_step, fma(rhs, rhs_step, offset))), half to even; operands are codes as they are.
struct CodeAddition {
  float lhs_step = 1.0F;
  float rhs_step = 1.0F;
  float offset = 0.0F;
};
[[nodiscard]] CodeAddition code_addition(ActivationParams lhs, ActivationParams rhs, ActivationParams result);

/// code = round(float((lhs - its zero point) * (rhs - its zero point)) * factor + the result's zero point).
[[nodiscard]] float code_product_factor(ActivationParams lhs, ActivationParams rhs, ActivationParams result);

}  // namespace quantrail
