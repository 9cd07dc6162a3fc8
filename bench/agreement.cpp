#include "agreement.h"

#include <algorithm>
#include <cmath>

namespace quantrail::bench {

Agreement agreement(std::span<const float> got, std::span<const float> expected, std::size_t samples) {
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double wanted = expected[i];
    signal += wanted * wanted;
    noise += (wanted - got[i]) * (wanted - got[i]);
  }
  const std::size_t classes = expected.size() / samples;
  std::size_t same = 0;
  const auto top = [&](std::span<const float> logits, std::size_t sample) {
    const auto row = logits.subspan(sample * classes, classes);
    return std::max_element(row.begin(), row.end()) - row.begin();
  };
  for (std::size_t s = 0; s < samples; ++s) same += top(got, s) == top(expected, s) ? 1U : 0U;
  return {10.0 * std::log10(signal / noise), static_cast<double>(same) / static_cast<double>(samples)};
}

}  // namespace quantrail::bench
