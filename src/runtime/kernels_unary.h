#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "model/quantization.h"

namespace quantrail::kernels {

enum class UnaryOp : std::uint8_t {
  Relu,
  LeakyRelu,    ///< x < 0 ? alpha * x : x
  Clip,         ///< min(max(x, alpha), beta)
  Elu,          ///< x < 0 ? alpha * (exp(x) - 1) : x
  Sigmoid,      ///< 1 / (1 + exp(-x))
  HardSigmoid,  ///< clamp(alpha * x + beta, 0, 1)
  HardSwish,    ///< x * clamp(x * (1/6) + 0.5, 0, 1)
  Silu,         ///< x * sigmoid(x)
  Tanh,
  Exp,
  Log,
  Erf,
  Gelu,             ///< 0.5 * x * (1 + erf(x / sqrt(2)))
  Softplus,         ///< log(1 + exp(x))
  Mish,             ///< x * tanh(log(1 + exp(x)))
  Selu,             ///< beta * (x < 0 ? alpha * (exp(x) - 1) : x)
  Celu,             ///< x < 0 ? alpha * (exp(x / alpha) - 1) : x
  Softsign,         ///< x / (1 + |x|)
  ThresholdedRelu,  ///< x <= alpha ? 0 : x
  Sin,
  Cos,
  Sqrt,
  Reciprocal,
  Abs,
  Neg,
  Floor,
  Ceil,
  Round,  ///< half to even
};

/// An element-wise function; `alpha` and `beta` as above, else unused.
struct Unary {
  UnaryOp op = UnaryOp::Relu;
  float alpha = 0.0F;
  float beta = 0.0F;
};

/// dst[i] = function(src[i]); `dst` may be `src`. NaN gives NaN. Exp, Sigmoid, Tanh, Erf, Silu, Gelu, Mish
/// and the *elu functions are polynomials
/// with the same bits on every machine, within a few units in the last place (figures in the tests); the rest of the
/// transcendental ones are the C++ library's.
void unary(const Unary& function, std::span<const float> src, std::span<float> dst);

/// What each of the 256 codes becomes.
using CodeTable = std::array<std::uint8_t, 256>;

/// DequantizeLinear, the function, QuantizeLinear: for every code.
[[nodiscard]] CodeTable table_of(const Unary& function, ActivationParams from, ActivationParams to);
/// The same for x * sigmoid(x), whose sigmoid is rounded to codes at `gate` on the way.
[[nodiscard]] CodeTable gated_table(ActivationParams from, ActivationParams gate, ActivationParams to);
/// DequantizeLinear, QuantizeLinear: moves codes to another scale or zero point.
[[nodiscard]] CodeTable requantization_table(ActivationParams from, ActivationParams to);

/// dst[i] = table[src[i]]; `dst` may be `src`.
void look_up(std::span<const std::uint8_t> src, const CodeTable& table, std::span<std::uint8_t> dst);

}  // namespace quantrail::kernels
