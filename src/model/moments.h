#pragma once

#include <cmath>
#include <cstdint>

namespace quantrail {

struct Moments {
  double mean = 0.0;
  double inverse_deviation = 0.0;  ///< 1 / sqrt(variance + epsilon)
};

/// Of `count` neighbouring elements; accumulated in double, in order.
template <class T>
[[nodiscard]] Moments moments(const T* x, std::int64_t count, double epsilon) {
  double total = 0.0;
  for (std::int64_t at = 0; at < count; ++at) total += static_cast<double>(x[at]);
  const double mean = total / static_cast<double>(count);
  double squares = 0.0;
  for (std::int64_t at = 0; at < count; ++at)
    squares += (static_cast<double>(x[at]) - mean) * (static_cast<double>(x[at]) - mean);
  return {mean, 1.0 / std::sqrt(squares / static_cast<double>(count) + epsilon)};
}

}  // namespace quantrail
