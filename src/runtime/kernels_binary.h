#pragma once

#include <cstdint>
#include <span>

#include "model/quantization.h"

namespace quantrail::kernels {

enum class BinaryOp : std::uint8_t {
  Add,
  Sub,
  Mul,
  Div,
  Pow,    ///< std::pow in float32
  Min,    ///< NaN when either is NaN, as in numpy
  Max,    ///< NaN when either is NaN
  PRelu,  ///< x < 0 ? x * slope : x; the slope is the second operand
};

/// Operands of one element-wise operator with numpy broadcasting. All row-major in ONE layout (both plain, or both with
/// their channels last), rank <= 8; shorter shapes are padded with leading ones; each axis of an operand is 1 or that
/// of `result`. The result has `result`'s shape.
struct BroadcastShapes {
  std::span<const std::int64_t> lhs{};
  std::span<const std::int64_t> rhs{};
  std::span<const std::int64_t> result{};
};

/// dst = op(lhs, rhs). `dst` may be `lhs` or `rhs` where that operand has the result's shape.
void binary(BinaryOp op, std::span<const float> lhs, std::span<const float> rhs, const BroadcastShapes& shapes,
            std::span<float> dst);

/// Codes with what they mean.
struct CodeOperand {
  std::span<const std::uint8_t> codes{};
  ActivationParams params{};
};

/// How a result is stored: codes at `params`, then clamped to [lo, hi]: a fused Relu is lo = zero point, a fused Clip
/// the codes of its bounds.
struct CodeResult {
  ActivationParams params{};
  std::uint8_t lo = 0;
  std::uint8_t hi = 255;
};

/// dst = code of (real(lhs) op real(rhs)). Add and Mul as runtime/code_arithmetic.h defines them; an addition of one
/// number on the left as if it were on the right. Sub exactly as DequantizeLinear, the float32 operator and
/// QuantizeLinear give it. NaN, which takes scales beyond 1e36, becomes `lo`. `dst` may be an operand of the result's
/// shape.
void binary_codes(BinaryOp op, const CodeOperand& lhs, const CodeOperand& rhs, const BroadcastShapes& shapes,
                  const CodeResult& result, std::span<std::uint8_t> dst);

}  // namespace quantrail::kernels
