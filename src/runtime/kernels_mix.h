#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_softmax.h"

namespace quantrail::kernels {

/// Weighted sums along one axis: dst[o, i, n] = sum over k < count of weights[i][k] * src[o, positions[i][k], n], with
/// src [outer, axis, inner] and dst [outer, positions.size() / count, inner]. The sum runs in the order of k, in
/// float32. One pass of a separable Resize. Every position lies in [0, axis). Must not overlap.
struct Mix {
  std::int64_t count = 2;
  std::span<const std::int64_t> positions{};
  std::span<const float> weights{};
};
void mix(std::span<const float> src, AxisShape shape, const Mix& taps, std::span<float> dst);

}  // namespace quantrail::kernels
