#pragma once

#include <span>

#include "runtime/kernels_reduce.h"

namespace quantrail::kernels {

struct Cumulation {
  bool exclusive = false;  ///< each sum ends before its own element
  bool reverse = false;    ///< from the end of the axis on
};

/// Sums of [outer, axis, inner] along the axis, in doubles, each rounded to float. `dst` may be `src`.
void cumulate(std::span<const float> src, AxisShape shape, Cumulation how, std::span<float> dst);

}  // namespace quantrail::kernels
