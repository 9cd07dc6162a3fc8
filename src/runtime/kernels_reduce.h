#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_softmax.h"

namespace quantrail::kernels {

enum class Reduction : std::uint8_t { Sum, Mean, Max, Min };

/// src [outer, axis, inner] → dst [outer, inner]. Neighbouring axes that are reduced together count as one; trailing
/// axes: inner = 1. The order of float32 additions depends on the shape only. An empty axis gives 0 for Sum, NaN for
/// Mean and the identity (-/+ infinity) for Max/Min; NaN gives NaN.
void reduce(Reduction op, std::span<const float> src, AxisShape shape, std::span<float> dst);

}  // namespace quantrail::kernels
