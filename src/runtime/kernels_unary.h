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
  GeluByTanh,       ///< 0.5 * x * (1 + tanh((alpha * x + beta * x^3) / 2))
  Power,            ///< x^alpha, for the exponents of has_power()
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

/// dst[i] = function(src[i]); `dst` may be `src`. NaN gives NaN. Sin and Cos are the C++ library's; all others
/// have the same bits on every machine, within a few units in the last place (figures in the tests).
void unary(const Unary& function, std::span<const float> src, std::span<float> dst);

/// Whether there is a loop for this exponent: 2, 3, 4, a half, and minus one or a half.
[[nodiscard]] bool has_power(float exponent);

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
