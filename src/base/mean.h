#pragma once

#include <numeric>
#include <span>

namespace quantrail {

/// The mean, summed in order in double precision; NaN of no values.
template <class T>
[[nodiscard]] double mean_of(std::span<const T> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace quantrail
