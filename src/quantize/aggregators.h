#pragma once

#include <span>

#include "config/range_config.h"

namespace quantrail {

/// POT's aggregation of one value per sample: mean, max, min, median; mean and median of the values between the
/// quantiles 0.01 and 0.99 (both included); Hodges-Lehmann: half the median of x_i + x_j over all pairs i < j (of one
/// value: that value). Precondition: not empty, finite.
[[nodiscard]] double aggregated(std::span<const float> values, Aggregator aggregator);

/// The quantile q in [0, 1] with linear interpolation at position q (n - 1) of the sorted values. Reorders `values`.
/// Precondition: not empty.
[[nodiscard]] double quantile_of(std::span<float> values, double q);

}  // namespace quantrail
