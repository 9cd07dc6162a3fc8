#pragma once

#include <span>
#include <vector>

#include "model/shape_math.h"

namespace quantrail {

/// A row-major matrix, its elements widened to what sums are made of.
template <class Sum>
struct Matrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<Sum> values{};
};

/// Calls finish(row, column, sum) for each element of a * b. Sums run over the common axis in order; an unsigned Sum
/// wraps around. Precondition: a.columns == b.rows.
template <class Sum, class Finish>
void multiply(const Matrix<Sum>& a, const Matrix<Sum>& b, Finish&& finish) {
  std::vector<Sum> sums(static_cast<std::size_t>(b.columns));
  const Sum* left = a.values.data();
  for (std::int64_t row = 0; row < a.rows; ++row) {
    std::fill(sums.begin(), sums.end(), Sum{0});
    const Sum* right = b.values.data();
    for (std::int64_t k = 0; k < a.columns; ++k, right += b.columns) {
      const Sum factor = *left++;
      for (std::int64_t column = 0; column < b.columns; ++column)
        sums[static_cast<std::size_t>(column)] += factor * right[column];
    }
    for (std::int64_t column = 0; column < b.columns; ++column)
      finish(row, column, sums[static_cast<std::size_t>(column)]);
  }
}

/// The matrices of one MatMul: stacks that broadcast against each other; vectors count as one row or one column.
struct MatrixStacks {
  std::int64_t rows = 1;
  std::int64_t depth = 1;
  std::int64_t columns = 1;
  /// Of each product, in order: which matrix of either stack it takes.
  std::vector<std::int64_t> left{};
  std::vector<std::int64_t> right{};
};

/// Precondition: the shapes multiply.
[[nodiscard]] MatrixStacks matrix_stacks(Shape a, Shape b);

/// Calls finish(product, row, column, sum) for all products of two stacks. left(index) and right(index) give one
/// Matrix<Sum> each.
template <class Sum, class Left, class Right, class Finish>
void multiply_stacks(const MatrixStacks& stacks, Left&& left, Right&& right, Finish&& finish) {
  Matrix<Sum> b;
  for (std::size_t at = 0; at < stacks.left.size(); ++at) {
    if (at == 0 || stacks.right[at] != stacks.right[at - 1]) b = right(stacks.right[at]);
    multiply(left(stacks.left[at]), b, [&](std::int64_t row, std::int64_t column, Sum sum) {
      finish(static_cast<std::int64_t>(at), row, column, sum);
    });
  }
}

}  // namespace quantrail
