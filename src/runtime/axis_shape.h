#pragma once

#include "model/tensor.h"
#include "runtime/kernels_softmax.h"

namespace quantrail {

/// Axes [first, last) of `shape` taken as one.
[[nodiscard]] inline kernels::AxisShape around(const Shape& shape, std::size_t first, std::size_t last) {
  kernels::AxisShape sizes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    (axis < first ? sizes.outer : axis < last ? sizes.axis : sizes.inner) *= shape[axis];
  }
  return sizes;
}

}  // namespace quantrail
