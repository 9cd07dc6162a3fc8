#include "run/samples.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace quantrail {

std::vector<std::size_t> all_samples(std::size_t count) {
  std::vector<std::size_t> samples(count);
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  return samples;
}

std::vector<std::size_t> calibration_samples(const QuantizationParams& params, std::size_t available) {
  constexpr std::int64_t kDefault = 300;
  const auto wanted = static_cast<std::size_t>(params.stat_subset_size.value_or(kDefault));
  const std::size_t count = std::min(wanted, available);
  std::vector<std::size_t> samples = all_samples(available);
  if (params.shuffle_data) {
    // Written out, since the standard library's shuffle and distributions differ between implementations.
    std::mt19937_64 random(static_cast<std::uint64_t>(params.seed));
    for (std::size_t at = 0; at < count; ++at) std::swap(samples[at], samples[at + random() % (available - at)]);
  }
  samples.resize(count);
  std::sort(samples.begin(), samples.end());
  return samples;
}

std::vector<std::size_t> correction_samples(const QuantizationParams& params, std::size_t available) {
  auto samples = calibration_samples(params, available);
  constexpr std::size_t kEnough = 64;  // fewer made networks worse than no correction
  samples.resize(std::max(std::min(kEnough, samples.size()), samples.size() / 5));
  return samples;
}

}  // namespace quantrail
