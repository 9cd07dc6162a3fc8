#include <algorithm>
#include <cmath>

#include "model/convolution.h"
#include "model/kernels.h"
#include "model/matrix_product.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

// Sums are exact modulo 2^32, as int32 accumulators are.
using Sum = std::uint32_t;

std::int32_t signed_sum(Sum sum) { return static_cast<std::int32_t>(sum); }

std::vector<std::int32_t> codes_of(const Tensor& tensor) {
  const auto codes = integers_of(tensor);
  return {codes.begin(), codes.end()};
}

/// The one value of an input that may be left out.
std::int32_t zero_point(const KernelCall& call, std::size_t input) {
  return call.has(input) ? codes_of(call.input(input))[0] : 0;
}

std::vector<std::int32_t> minus(std::vector<std::int32_t> codes, std::int32_t zero) {
  for (auto& code : codes) code -= zero;
  return codes;
}

/// Weights [channels, ...] less the zero point of their channel.
std::vector<std::int32_t> centred_weights(const KernelCall& call, std::size_t weights, std::size_t zeros) {
  auto codes = codes_of(call.input(weights));
  const auto points = call.has(zeros) ? codes_of(call.input(zeros)) : std::vector<std::int32_t>{0};
  const auto run = codes.size() / static_cast<std::size_t>(call.input(weights).shape[0]);
  for (std::size_t at = 0; at < codes.size(); ++at) codes[at] -= points[points.size() == 1 ? 0 : at / run];
  return codes;
}

Status conv_integer(const KernelCall& call) {
  const auto plan = convolution_of(call.view.node(), call.input(0).shape, call.input(1).shape, call.output().shape);
  if (!plan) return failed(plan);
  const auto x = minus(codes_of(call.input(0)), zero_point(call, 2));
  const auto w = centred_weights(call, 1, 3);
  auto* y = call.output().values<std::int32_t>().data();
  convolve<Sum>(*plan, std::span<const std::int32_t>(x), std::span<const std::int32_t>(w),
                [&](std::int64_t at, std::int64_t, Sum sum) { y[at] = signed_sum(sum); });
  return {};
}

/// round(sum * factor) + zero point, saturated; NaN, which only hostile scales give, becomes the zero point.
template <class Code>
Code requantized(std::int32_t sum, float factor, std::int32_t zero) {
  const float steps = std::nearbyint(static_cast<float>(sum) * factor);
  if (std::isnan(steps)) return static_cast<Code>(zero);
  return saturated<Code>(static_cast<double>(steps) + zero);
}

/// x scale * weight scale[c] / result scale, in this order in float32.
std::vector<float> factors(const KernelCall& call, std::size_t left, std::size_t right, std::size_t result) {
  const float first = floats_of(call.input(left))[0];
  const float last = floats_of(call.input(result))[0];
  auto scales = floats_of(call.input(right));
  for (float& scale : scales) scale = first * scale / last;
  return scales;
}

Status qlinear_conv(const KernelCall& call) {
  const auto plan = convolution_of(call.view.node(), call.input(0).shape, call.input(3).shape, call.output().shape);
  if (!plan) return failed(plan);
  const auto x = minus(codes_of(call.input(0)), zero_point(call, 2));
  const auto w = centred_weights(call, 3, 5);
  const auto scales = factors(call, 1, 4, 6);
  const auto bias = call.has(8) ? codes_of(call.input(8)) : std::vector<std::int32_t>{};
  const auto zero = zero_point(call, 7);
  return for_integer_type(call.output().type, [&](auto type) -> Status {
    using Code = decltype(type);
    Code* y = call.output().values<Code>().data();
    convolve<Sum>(*plan, std::span<const std::int32_t>(x), std::span<const std::int32_t>(w),
                  [&](std::int64_t at, std::int64_t channel, Sum sum) {
                    const auto c = static_cast<std::size_t>(channel);
                    if (!bias.empty()) sum += static_cast<Sum>(bias[c]);
                    y[at] = requantized<Code>(signed_sum(sum), scales[scales.size() == 1 ? 0 : c], zero);
                  });
    return {};
  });
}

/// Parameters of the lines of a stack of matrices: one for all, one per line, or one per line of each matrix.
template <class T>
struct PerLine {
  std::vector<T> values{};
  std::int64_t lines = 1;  ///< of one matrix

  [[nodiscard]] T of(std::int64_t matrix, std::int64_t line) const {
    const auto count = static_cast<std::int64_t>(values.size());
    if (count == 1) return values[0];
    return values[static_cast<std::size_t>(count == lines ? line : matrix * lines + line)];
  }
};

/// A matrix of codes less the zero points of its lines, which are rows or columns.
Matrix<Sum> centred(const std::vector<std::int32_t>& codes, std::int64_t index, Matrix<Sum> shape,
                    const PerLine<std::int32_t>& zeros, bool by_row) {
  const auto first = index * shape.rows * shape.columns;
  shape.values.reserve(static_cast<std::size_t>(shape.rows * shape.columns));
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    for (std::int64_t column = 0; column < shape.columns; ++column) {
      const auto code = codes[static_cast<std::size_t>(first + row * shape.columns + column)];
      shape.values.push_back(static_cast<Sum>(code - zeros.of(index, by_row ? row : column)));
    }
  }
  return shape;
}

/// Which inputs hold what.
struct ProductInputs {
  std::size_t left_zero = 2;
  std::size_t right = 1;
  std::size_t right_zero = 3;
};

template <class Finish>
void multiply_codes(const KernelCall& call, const ProductInputs& at, Finish&& finish) {
  const auto stacks = matrix_stacks(call.input(0).shape, call.input(at.right).shape);
  const auto a = codes_of(call.input(0));
  const auto b = codes_of(call.input(at.right));
  const auto zeros = [&](std::size_t input, std::int64_t lines) {
    return PerLine<std::int32_t>{call.has(input) ? codes_of(call.input(input)) : std::vector<std::int32_t>{0}, lines};
  };
  const auto a_zeros = zeros(at.left_zero, stacks.rows);
  const auto b_zeros = zeros(at.right_zero, stacks.columns);
  multiply_stacks<Sum>(
      stacks,
      [&](std::int64_t index) {
        return centred(a, index, {stacks.rows, stacks.depth, {}}, a_zeros, true);
      },
      [&](std::int64_t index) {
        return centred(b, index, {stacks.depth, stacks.columns, {}}, b_zeros, false);
      },
      [&](std::int64_t product, std::int64_t row, std::int64_t column, Sum sum) {
        finish(stacks, product, row, column, signed_sum(sum));
      });
}

Status matmul_integer(const KernelCall& call) {
  auto* y = call.output().values<std::int32_t>().data();
  multiply_codes(call, {},
                 [&](const MatrixStacks&, std::int64_t, std::int64_t, std::int64_t, std::int32_t sum) { *y++ = sum; });
  return {};
}

Status qlinear_matmul(const KernelCall& call) {
  const float result_scale = floats_of(call.input(6))[0];
  const auto zero = zero_point(call, 7);
  return for_integer_type(call.output().type, [&](auto type) -> Status {
    using Code = decltype(type);
    Code* y = call.output().values<Code>().data();
    PerLine<float> a{floats_of(call.input(1)), 0};
    PerLine<float> b{floats_of(call.input(4)), 0};
    multiply_codes(
        call, {.left_zero = 2, .right = 3, .right_zero = 5},
        [&](const MatrixStacks& stacks, std::int64_t product, std::int64_t row, std::int64_t column, std::int32_t sum) {
          const auto at = static_cast<std::size_t>(product);
          a.lines = stacks.rows;
          b.lines = stacks.columns;
          const float factor = a.of(stacks.left[at], row) * b.of(stacks.right[at], column) / result_scale;
          *y++ = requantized<Code>(sum, factor, zero);
        });
    return {};
  });
}

}  // namespace

void add_integer_layer_kernels(Kernels& kernels) {
  kernels["ConvInteger"] = conv_integer;
  kernels["QLinearConv"] = qlinear_conv;
  kernels["MatMulInteger"] = matmul_integer;
  kernels["QLinearMatMul"] = qlinear_matmul;
}

}  // namespace quantrail
