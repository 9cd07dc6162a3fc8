#pragma once

#include "quantize/histogram.h"

namespace quantrail {

/// Real values that codes shall cover; contains zero.
struct Interval {
  double lo = 0.0;
  double hi = 0.0;
  bool operator==(const Interval&) const = default;
};

/// Which intervals a tensor may have.
enum class IntervalKind {
  NonNegative,  ///< [0, hi], 255 steps
  Symmetric,    ///< [-hi, hi], 254 steps
  Free,         ///< [lo, hi], 255 steps
};

/// The interval that leaves out (100 - percentile) % of the values: as many on both sides where it is free, of
/// magnitudes otherwise. Of an empty histogram [0, 0], as below.
[[nodiscard]] Interval percentile_interval(const Histogram& values, double percentile, IntervalKind kind);

/// The interval of the least mean squared error: step^2 / 12 for each value inside (uniform rounding noise, as in
/// Banner et al., "Post training 4-bit quantization of convolutional networks", 2019), the squared distance to the
/// nearer end for those outside; exact zeros have none. Ends are on bin borders; a free interval's ends are chosen in
/// turn until neither moves.
[[nodiscard]] Interval least_error_interval(const Histogram& values, IntervalKind kind);

/// The interval whose codes' distribution has the least Kullback-Leibler divergence from the values' (Migacz, "8-bit
/// inference with TensorRT", 2017): values outside count at its ends, each code's share is spread evenly over the bins
/// that it stands for and that hold values; exact zeros are left out. 128 candidates between a sixteenth of the largest
/// magnitude and all of it; a free interval's ends are chosen in turn, twice.
[[nodiscard]] Interval least_divergence_interval(const Histogram& values, IntervalKind kind);

}  // namespace quantrail
