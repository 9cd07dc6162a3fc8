#include <cmath>

#include "model/kernels.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

/// By Gaussian elimination with row pivots, in place; `a` is an n x n matrix, row-major.
double determinant(std::vector<double>& a, std::size_t n) {
  double product = 1.0;
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < n; ++row) {
      if (std::abs(a[row * n + column]) > std::abs(a[pivot * n + column])) pivot = row;
    }
    if (a[pivot * n + column] == 0.0) return 0.0;
    if (pivot != column) {
      for (std::size_t at = 0; at < n; ++at) std::swap(a[pivot * n + at], a[column * n + at]);
      product = -product;
    }
    product *= a[column * n + column];
    for (std::size_t row = column + 1; row < n; ++row) {
      const double factor = a[row * n + column] / a[column * n + column];
      for (std::size_t at = column; at < n; ++at) a[row * n + at] -= factor * a[column * n + at];
    }
  }
  return product;
}

Status determinants(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto n = static_cast<std::size_t>(in.shape.back());
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = in.values<T>().data();
    for (auto& out : call.output().values<T>()) {
      std::vector<double> matrix(x, x + n * n);
      out = static_cast<T>(determinant(matrix, n));
      x += n * n;
    }
    return {};
  });
}

}  // namespace

void add_determinant_kernels(Kernels& kernels) { kernels["Det"] = determinants; }

}  // namespace quantrail
