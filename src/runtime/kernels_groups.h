#pragma once

#include <cstdint>
#include <span>

namespace quantrail::kernels {

/// Normalisation of long rows whose values are scaled in runs, as InstanceNormalization and GroupNormalization do.
struct GroupShape {
  std::int64_t width = 1;      ///< elements of a row, which have one mean and variance
  std::int64_t run = 1;        ///< neighbouring elements with one factor and offset; divides the width
  double epsilon = 0.0;        ///< added to the variance
  double beside_root = 0.0;    ///< added to the root of that
  std::int64_t first_row = 0;  ///< of `src`, in the tensor: says whose factor comes first
};

/// dst = (x - mean) / (sqrt(variance + epsilon) + beside_root) * factor + offset; factors and offsets are repeated, run
/// by run, over the rows; both empty: 1 and 0. In doubles, with sums
/// in an order that depends on the width only. `dst`
/// may be `src`.
void normalise_groups(std::span<const float> src, const GroupShape& shape, std::span<const float> factor,
                      std::span<const float> offset, std::span<float> dst);

}  // namespace quantrail::kernels
