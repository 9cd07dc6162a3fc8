#pragma once

#include <cstdint>
#include <span>

namespace quantrail::kernels {

/// A tensor seen around one axis (or neighbouring axes taken as one): [outer, axis, inner], row-major.
struct AxisShape {
  std::int64_t outer = 1;
  std::int64_t axis = 1;
  std::int64_t inner = 1;
};

/// dst = exp(src - max) / sum over the axis; the order of the sum depends on the shape only. `dst` may be `src`. NaN or
/// +infinity in a row make the whole row NaN; -infinity gives 0 unless all are, as does what is 87 or more below the
/// largest.
void softmax(std::span<const float> src, AxisShape shape, std::span<float> dst);

}  // namespace quantrail::kernels
