#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/tensor.h"

namespace quantrail {

/// Walks N arrays that are read as one shape, row by row along the last axis, in row-major order.
/// `strides[k]`: elements between neighbours of array k along each axis (0 repeats, negative walks backwards).
/// Calls row(offsets, count, steps): where the row starts in each array, its length, and the last axis' strides.
template <std::size_t N, class Row>
void for_each_row(const Shape& shape, const std::array<std::vector<std::int64_t>, N>& strides, Row&& row) {
  if (element_count(shape) == 0) return;
  std::array<std::int64_t, N> offsets{};
  std::array<std::int64_t, N> steps{};
  if (shape.empty()) return row(offsets, std::int64_t{1}, steps);
  const std::size_t last = shape.size() - 1;
  for (std::size_t array = 0; array < N; ++array) steps[array] = strides[array][last];
  std::vector<std::int64_t> at(last, 0);
  while (true) {
    row(offsets, shape[last], steps);
    std::size_t axis = last;
    while (axis > 0) {
      --axis;
      for (std::size_t array = 0; array < N; ++array) offsets[array] += strides[array][axis];
      if (++at[axis] < shape[axis]) break;
      for (std::size_t array = 0; array < N; ++array) offsets[array] -= strides[array][axis] * shape[axis];
      at[axis] = 0;
      if (axis == 0) return;
    }
    if (last == 0) return;
  }
}

/// An array of any element type, read with strides counted in elements.
struct StridedSource {
  const std::byte* data = nullptr;
  std::vector<std::int64_t> strides{};
};
struct StridedTarget {
  std::byte* data = nullptr;
  std::vector<std::int64_t> strides{};
};

/// Copies `shape` elements of `element_size` bytes (1, 2, 4 or 8). The arrays must not overlap.
void copy_strided(std::size_t element_size, const Shape& shape, const StridedSource& from, const StridedTarget& to);

}  // namespace quantrail
