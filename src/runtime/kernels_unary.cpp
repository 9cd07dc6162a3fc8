#include "runtime/kernels_unary.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "runtime/isa.h"
#include "runtime/kernels_binary.h"
#include "runtime/kernels_code.h"
#include "runtime/kernels_math.h"

namespace quantrail::kernels {
namespace {

struct Row {
  const float* src = nullptr;
  float* dst = nullptr;
  std::size_t count = 0;
};

template <class F>
QUANTRAIL_INLINE void map(const Row& row, F function) {
  const float* src = row.src;
  float* dst = row.dst;
  QUANTRAIL_INDEPENDENT
  for (std::size_t i = 0; i < row.count; ++i) dst[i] = function(src[i]);
}

QUANTRAIL_INLINE float clamped(float x, float lo, float hi) {
  x = x < lo ? lo : x;
  return x > hi ? hi : x;
}

// tanh(log(1 + e)) = (e * e + 2 * e) / (e * e + 2 * e + 2); from 20 on it is 1.
QUANTRAIL_INLINE float mish_of(float x) {
  const float e = exp_of(x < 20.0F ? x : 20.0F);
  const float n = e * (e + 2.0F);
  return x < 20.0F ? x * (n / (n + 2.0F)) : x;
}

QUANTRAIL_CLONES void smooth_row(UnaryOp op, float alpha, float beta, Row row) {
  switch (op) {
    case UnaryOp::Log: return map(row, [](float x) QUANTRAIL_INLINED { return log_of(x); });
    case UnaryOp::Softplus: return map(row, [](float x) QUANTRAIL_INLINED { return softplus_of(x); });
    case UnaryOp::GeluByTanh:
      return map(row, [=](float x) QUANTRAIL_INLINED { return gelu_by_tanh_of(x, alpha, beta); });
    case UnaryOp::Sigmoid: return map(row, [](float x) QUANTRAIL_INLINED { return sigmoid_of(x); });
    case UnaryOp::Silu: return map(row, [](float x) QUANTRAIL_INLINED { return x * sigmoid_of(x); });
    case UnaryOp::Mish: return map(row, [](float x) QUANTRAIL_INLINED { return mish_of(x); });
    case UnaryOp::Tanh: return map(row, [](float x) QUANTRAIL_INLINED { return tanh_of(x); });
    case UnaryOp::Exp: return map(row, [](float x) QUANTRAIL_INLINED { return exp_of(x); });
    case UnaryOp::Erf: return map(row, [](float x) QUANTRAIL_INLINED { return erf_of(x); });
    case UnaryOp::Gelu: return map(row, [](float x) QUANTRAIL_INLINED { return gelu_of(x); });
    default: assert(false);
  }
}

QUANTRAIL_CLONES void piecewise_row(UnaryOp op, float alpha, float beta, Row row) {
  switch (op) {
    case UnaryOp::Relu: return map(row, [](float x) QUANTRAIL_INLINED { return x < 0.0F ? 0.0F : x; });
    case UnaryOp::LeakyRelu: return map(row, [=](float x) QUANTRAIL_INLINED { return x < 0.0F ? alpha * x : x; });
    case UnaryOp::Clip: return map(row, [=](float x) QUANTRAIL_INLINED { return clamped(x, alpha, beta); });
    case UnaryOp::HardSigmoid:
      return map(row, [=](float x) QUANTRAIL_INLINED { return clamped(alpha * x + beta, 0.0F, 1.0F); });
    case UnaryOp::HardSwish:
      return map(row, [](float x) QUANTRAIL_INLINED { return x * clamped(x * (1.0F / 6.0F) + 0.5F, 0.0F, 1.0F); });
    case UnaryOp::Abs: return map(row, [](float x) QUANTRAIL_INLINED { return std::fabs(x); });
    case UnaryOp::Neg: return map(row, [](float x) QUANTRAIL_INLINED { return -x; });
    case UnaryOp::Sqrt: return map(row, [](float x) QUANTRAIL_INLINED { return std::sqrt(x); });
    case UnaryOp::Floor: return map(row, [](float x) QUANTRAIL_INLINED { return std::floor(x); });
    case UnaryOp::Ceil: return map(row, [](float x) QUANTRAIL_INLINED { return std::ceil(x); });
    case UnaryOp::Round: return map(row, [](float x) QUANTRAIL_INLINED { return std::nearbyint(x); });
    case UnaryOp::Reciprocal: return map(row, [](float x) QUANTRAIL_INLINED { return 1.0F / x; });
    case UnaryOp::Selu:
      return map(row, [=](float x) QUANTRAIL_INLINED { return beta * (x < 0.0F ? alpha * (exp_of(x) - 1.0F) : x); });
    case UnaryOp::Celu:
      return map(row, [=](float x) QUANTRAIL_INLINED { return x < 0.0F ? alpha * (exp_of(x / alpha) - 1.0F) : x; });
    case UnaryOp::Softsign: return map(row, [](float x) QUANTRAIL_INLINED { return x / (1.0F + std::fabs(x)); });
    case UnaryOp::ThresholdedRelu: return map(row, [=](float x) QUANTRAIL_INLINED { return x <= alpha ? 0.0F : x; });
    case UnaryOp::Elu:
      return map(row, [=](float x) QUANTRAIL_INLINED { return x < 0.0F ? alpha * (exp_of(x) - 1.0F) : x; });
    default: assert(false);
  }
}

QUANTRAIL_CLONES void power_row(float exponent, Row row) {
  if (exponent == 2.0F) return map(row, [](float x) QUANTRAIL_INLINED { return x * x; });
  if (exponent == 3.0F) return map(row, [](float x) QUANTRAIL_INLINED { return x * x * x; });
  if (exponent == 4.0F) return map(row, [](float x) QUANTRAIL_INLINED { return (x * x) * (x * x); });
  if (exponent == 0.5F) return map(row, [](float x) QUANTRAIL_INLINED { return power_of_half(x); });
  if (exponent == -0.5F) return map(row, [](float x) QUANTRAIL_INLINED { return 1.0F / power_of_half(x); });
  assert(exponent == -1.0F);
  map(row, [](float x) QUANTRAIL_INLINED { return 1.0F / x; });
}

void library_row(UnaryOp op, Row row) {
  switch (op) {
    case UnaryOp::Sin: return map(row, [](float x) { return std::sin(x); });
    case UnaryOp::Cos: return map(row, [](float x) { return std::cos(x); });
    default: assert(false);
  }
}

template <class F>
CodeTable table_with(F function, ActivationParams from, ActivationParams to) {
  CodeTable table;
  std::array<float, 256> reals;
  for (std::size_t code = 0; code < reals.size(); ++code) {
    reals[code] = Decoder(from).real(static_cast<std::uint8_t>(code));
  }
  function(std::span<float>(reals));
  for (std::size_t code = 0; code < reals.size(); ++code) table[code] = Coder(to).code(reals[code]);
  return table;
}

}  // namespace

void unary(const Unary& function, std::span<const float> src, std::span<float> dst) {
  assert(src.size() == dst.size());
  const Row row{src.data(), dst.data(), src.size()};
  switch (function.op) {
    case UnaryOp::Sigmoid:
    case UnaryOp::Silu:
    case UnaryOp::Mish:
    case UnaryOp::Tanh:
    case UnaryOp::Exp:
    case UnaryOp::Erf:
    case UnaryOp::Log:
    case UnaryOp::Softplus:
    case UnaryOp::GeluByTanh:
    case UnaryOp::Gelu: return smooth_row(function.op, function.alpha, function.beta, row);
    case UnaryOp::Power: return power_row(function.alpha, row);
    case UnaryOp::Sin:
    case UnaryOp::Cos: return library_row(function.op, row);
    default: return piecewise_row(function.op, function.alpha, function.beta, row);
  }
}

bool has_power(float exponent) {
  constexpr std::array kExponents{2.0F, 3.0F, 4.0F, 0.5F, -0.5F, -1.0F};
  return std::find(kExponents.begin(), kExponents.end(), exponent) != kExponents.end();
}

CodeTable table_of(const Unary& function, ActivationParams from, ActivationParams to) {
  return table_with([&](std::span<float> reals) { unary(function, reals, reals); }, from, to);
}

CodeTable gated_table(ActivationParams from, ActivationParams gate, ActivationParams to) {
  CodeTable all;
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  const CodeTable gates = table_of({UnaryOp::Sigmoid}, from, gate);
  const std::array size{static_cast<std::int64_t>(all.size())};
  CodeTable table;
  binary_codes(BinaryOp::Mul, {all, from}, {gates, gate}, {size, size, size}, {to}, table);
  return table;
}

CodeTable requantization_table(ActivationParams from, ActivationParams to) {
  return table_with([](std::span<float>) {}, from, to);
}

}  // namespace quantrail::kernels
