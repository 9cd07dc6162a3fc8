#pragma once

#include <span>

namespace quantrail {

/// The differences a - b of values of the same samples: their mean, and its standard error.
struct Paired {
  double mean = 0.0;
  double error = 0.0;
};

/// Of as many as both have; of none, zeros. NaN where a difference is.
[[nodiscard]] Paired paired(std::span<const double> a, std::span<const double> b);

}  // namespace quantrail
