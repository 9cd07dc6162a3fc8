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

namespace {

/// `count` of 0, 1, ..., available - 1. Written out, since the standard library's shuffle and distributions differ
/// between implementations.
std::vector<std::size_t> drawn(std::size_t count, std::size_t available, std::int64_t seed) {
  std::vector<std::size_t> samples = all_samples(available);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t at = 0; at < count; ++at) std::swap(samples[at], samples[at + random() % (available - at)]);
  samples.resize(count);
  std::sort(samples.begin(), samples.end());
  return samples;
}

}  // namespace

std::vector<std::size_t> calibration_samples(const QuantizationParams& params, std::size_t available) {
  constexpr std::int64_t kDefault = 300;
  const auto wanted = static_cast<std::size_t>(params.stat_subset_size.value_or(kDefault));
  const std::size_t count = std::min(wanted, available);
  return params.shuffle_data ? drawn(count, available, params.seed) : all_samples(count);
}

std::vector<std::size_t> evenly_spread(std::span<const std::size_t> samples, std::size_t most) {
  const std::size_t count = std::min(most, samples.size());
  std::vector<std::size_t> chosen(count);
  for (std::size_t at = 0; at < count; ++at) chosen[at] = samples[at * samples.size() / count];
  return chosen;
}

std::vector<std::size_t> comparison_samples(const CompressionConfig& compression, std::size_t available) {
  const double share = compression.accuracy_aware.metric_subset_ratio;
  const auto count = static_cast<std::size_t>(static_cast<double>(available) * share);
  if (count >= available) return {};
  return drawn(std::max<std::size_t>(count, 1), available, compression.quantization.seed);
}

std::vector<std::size_t> correction_samples(const QuantizationParams& params, std::size_t available) {
  auto samples = calibration_samples(params, available);
  constexpr std::size_t kEnough = 64;  // fewer made networks worse than no correction
  samples.resize(std::max(std::min(kEnough, samples.size()), samples.size() / 5));
  return samples;
}

}  // namespace quantrail
