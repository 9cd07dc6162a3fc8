#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_softmax.h"

namespace quantrail::kernels {

enum class Reduction : std::uint8_t {
  Sum,
  Mean,
  Max,
  Min,
  Prod,
  L1,         ///< of |x|
  SumSquare,  ///< of x * x
};

/// src [outer, axis, inner] → dst [outer, inner]. Neighbouring axes that are reduced together count as one; trailing
/// axes: inner = 1. The order of float32 additions depends on the shape only. An empty axis gives 0 for sums, 1 for
/// Prod, NaN for Mean and the identity (-/+ infinity) for Max/Min; NaN gives NaN.
void reduce(Reduction op, std::span<const float> src, AxisShape shape, std::span<float> dst);

/// Which of several equal extremes ArgMax and ArgMin name.
enum class Tie : std::uint8_t { First, Last };

/// src [outer, axis, inner] → dst [outer, inner]: position of the largest (or smallest) element along the axis, which
/// has at least one. A NaN is neither larger nor smaller than anything.
void arg_max(std::span<const float> src, AxisShape shape, Tie tie, std::span<std::int64_t> dst);
void arg_min(std::span<const float> src, AxisShape shape, Tie tie, std::span<std::int64_t> dst);

}  // namespace quantrail::kernels
