#pragma once

#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {

/// Elements of an array along one axis.
struct Line {
  std::int64_t first = 0;
  std::int64_t stride = 1;
  std::int64_t count = 0;
  [[nodiscard]] std::int64_t at(std::int64_t index) const { return first + index * stride; }
};

/// Calls work(a, b) for each pair of lines along `axis` of two row-major arrays whose shapes differ in that axis alone.
template <class Work>
void for_each_line_pair(const Shape& a, const Shape& b, std::size_t axis, Work&& work) {
  Shape rest = a;
  rest[axis] = 1;
  const auto left = strides_of(a);
  const auto right = strides_of(b);
  for_each_row<2>(rest, {left, right}, [&](const auto& offsets, std::int64_t count, const auto& steps) {
    for (std::int64_t at = 0; at < count; ++at) {
      work(Line{offsets[0] + at * steps[0], left[axis], a[axis]},
           Line{offsets[1] + at * steps[1], right[axis], b[axis]});
    }
  });
}

/// The same for two arrays of one shape, or one array: both lines are alike.
template <class Work>
void for_each_line(const Shape& shape, std::size_t axis, Work&& work) {
  if (shape[axis] == 0) return;
  for_each_line_pair(shape, shape, axis, [&](const Line& line, const Line&) { work(line); });
}

}  // namespace quantrail
