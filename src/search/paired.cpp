#include "search/paired.h"

#include <algorithm>
#include <cmath>

namespace quantrail {

Paired paired(std::span<const double> a, std::span<const double> b) {
  const std::size_t samples = std::min(a.size(), b.size());
  const auto count = static_cast<double>(std::max<std::size_t>(samples, 1));
  double mean = 0.0;
  double squares = 0.0;
  for (std::size_t at = 0; at < samples; ++at) {
    const double difference = a[at] - b[at];
    mean += difference / count;
    squares += difference * difference / count;
  }
  return {.mean = mean, .error = std::sqrt(std::max(0.0, squares - mean * mean) / count)};
}

}  // namespace quantrail
