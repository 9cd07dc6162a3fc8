#include "model/einsum.h"
#include "model/kernels.h"
#include "model/matrix_product.h"
#include "model/numbers.h"
#include "model/strided.h"

namespace quantrail {
namespace {

// Floats are accumulated in double; integers wrap around.
template <class T>
using SumOf = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

template <class T>
Matrix<SumOf<T>> matrix(const Tensor& tensor, std::int64_t index, std::int64_t rows, std::int64_t columns) {
  Matrix<SumOf<T>> result{rows, columns, {}};
  const auto values = tensor.values<T>().subspan(static_cast<std::size_t>(index * rows * columns),
                                                 static_cast<std::size_t>(rows * columns));
  result.values.assign(values.begin(), values.end());
  return result;
}

template <class T>
Matrix<SumOf<T>> turned(const Matrix<SumOf<T>>& from) {
  Matrix<SumOf<T>> result{from.columns, from.rows, {}};
  result.values.reserve(from.values.size());
  for (std::int64_t column = 0; column < from.columns; ++column)
    for (std::int64_t row = 0; row < from.rows; ++row)
      result.values.push_back(from.values[static_cast<std::size_t>(row * from.columns + column)]);
  return result;
}

Status matmul(const KernelCall& call) {
  const auto stacks = matrix_stacks(call.input(0).shape, call.input(1).shape);
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    T* y = call.output().values<T>().data();
    multiply_stacks<SumOf<T>>(
        stacks, [&](std::int64_t index) { return matrix<T>(call.input(0), index, stacks.rows, stacks.depth); },
        [&](std::int64_t index) { return matrix<T>(call.input(1), index, stacks.depth, stacks.columns); },
        [&](std::int64_t product, std::int64_t row, std::int64_t column, SumOf<T> sum) {
          y[(product * stacks.rows + row) * stacks.columns + column] = static_cast<T>(sum);
        });
    return {};
  });
}

template <class T>
Matrix<SumOf<T>> gemm_factor(const Tensor& tensor, bool transposed) {
  auto result = matrix<T>(tensor, 0, tensor.shape[0], tensor.shape[1]);
  return transposed ? turned<T>(result) : result;
}

/// A factor as sums of T are computed; whole for integers.
template <class T>
SumOf<T> factor_of(double factor) {
  if constexpr (std::is_floating_point_v<T>)
    return factor;
  else
    return static_cast<SumOf<T>>(static_cast<std::int64_t>(factor));
}

/// alpha * sum + beta * c; c has the result's shape by its strides.
template <class T>
void scaled_product(const KernelCall& call, double alpha, double beta) {
  const Shape& shape = call.output().shape;
  const auto steps = call.has(2) ? broadcast_strides(call.input(2).shape, shape) : std::vector<std::int64_t>{0, 0};
  const T* c = call.has(2) ? call.input(2).values<T>().data() : nullptr;
  T* y = call.output().values<T>().data();
  multiply(gemm_factor<T>(call.input(0), call.view.integer("transA", 0) != 0),
           gemm_factor<T>(call.input(1), call.view.integer("transB", 0) != 0),
           [&](std::int64_t row, std::int64_t column, SumOf<T> sum) {
             SumOf<T> value = factor_of<T>(alpha) * sum;
             if (c != nullptr)
               value += factor_of<T>(beta) * static_cast<SumOf<T>>(c[row * steps[0] + column * steps[1]]);
             y[row * shape[1] + column] = static_cast<T>(value);
           });
}

Status gemm(const KernelCall& call) {
  const auto alpha = static_cast<double>(float_attribute(call.view.node(), "alpha", 1.0F));
  const auto beta = static_cast<double>(float_attribute(call.view.node(), "beta", 1.0F));
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    if constexpr (std::is_integral_v<decltype(zero)>) {
      const auto whole = [](double factor) { return factor == saturated<std::int32_t>(factor); };
      if (!whole(alpha) || !whole(beta))
        return fail(Cause::Unsupported, "integers times alpha {} and beta {} are not supported", alpha, beta);
    }
    scaled_product<decltype(zero)>(call, alpha, beta);
    return {};
  });
}

/// Runs the loop nest of one Einsum.
template <class T>
class EinsumLoops {
 public:
  EinsumLoops(const Einsum& einsum, const KernelCall& call) : einsum_(einsum) {
    for (const Tensor* input : call.inputs) operands_.push_back(input->values<T>().data());
    at_.resize(operands_.size());
    target_ = call.output().values<T>().data();
  }

  void run(std::size_t label = 0) {
    if (label == einsum_.kept) {
      *target_++ = static_cast<T>(total(label));
      return;
    }
    for (std::int64_t index = 0; index < einsum_.sizes[label]; ++index) {
      run(label + 1);
      advance(label, 1);
    }
    advance(label, -einsum_.sizes[label]);
  }

 private:
  using Sum = SumOf<T>;

  void advance(std::size_t label, std::int64_t steps) {
    for (std::size_t operand = 0; operand < at_.size(); ++operand)
      at_[operand] += steps * einsum_.strides[operand][label];
  }

  Sum product() const {
    Sum result{1};
    for (std::size_t operand = 0; operand < at_.size(); ++operand)
      result *= static_cast<Sum>(operands_[operand][at_[operand]]);
    return result;
  }

  Sum total(std::size_t label) {
    if (label == einsum_.sizes.size()) return product();
    if (label + 1 == einsum_.sizes.size() && at_.size() == 2) return dot(label);
    Sum sum{0};
    for (std::int64_t index = 0; index < einsum_.sizes[label]; ++index) {
      sum += total(label + 1);
      advance(label, 1);
    }
    advance(label, -einsum_.sizes[label]);
    return sum;
  }

  Sum dot(std::size_t label) const {
    const auto a_step = einsum_.strides[0][label];
    const auto b_step = einsum_.strides[1][label];
    Sum sum{0};
    for (std::int64_t k = 0; k < einsum_.sizes[label]; ++k)
      sum += static_cast<Sum>(operands_[0][at_[0] + k * a_step]) * static_cast<Sum>(operands_[1][at_[1] + k * b_step]);
    return sum;
  }

  const Einsum& einsum_;
  std::vector<const T*> operands_{};
  std::vector<std::int64_t> at_{};  ///< where each operand stands
  T* target_ = nullptr;
};

Status einsum(const KernelCall& call) {
  std::vector<Shape> shapes;
  for (const Tensor* input : call.inputs) shapes.push_back(input->shape);
  const auto plan = einsum_of(string_attribute(call.view.node(), "equation", ""), shapes);
  if (!plan) return failed(plan);
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    EinsumLoops<decltype(zero)>(*plan, call).run();
    return {};
  });
}

}  // namespace

void add_matrix_kernels(Kernels& kernels) {
  kernels["MatMul"] = matmul;
  kernels["Gemm"] = gemm;
  kernels["Einsum"] = einsum;
}

}  // namespace quantrail
