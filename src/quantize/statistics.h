#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// What calibration shall learn, by value name.
struct StatisticsRequest {
  std::set<std::string, std::less<>> extremes{};
  std::set<std::string, std::less<>> channel_means{};
  bool operator==(const StatisticsRequest&) const = default;
};

/// What one sample says about one value. NaN and infinities are counted, but not learned from.
struct SampleStatistics {
  float min = 0.0F;
  float max = 0.0F;
  std::int64_t finite = 0;
  std::int64_t not_finite = 0;
  std::vector<double> channel_means{};  ///< mean over rows and space, per channel; only where asked for
};

/// `values`: one sample, [rows, channels, spatial] or with `channels_last` [rows, spatial, channels].
[[nodiscard]] SampleStatistics observed(std::span<const float> values, std::int64_t channels, bool channels_last,
                                        bool with_channel_means, std::int64_t rows = 1);

/// What all samples say about one value. Means are over samples of each sample's extreme, POT's default estimators.
struct ValueStatistics {
  double mean_min = 0.0;
  double mean_max = 0.0;
  double mean_abs_max = 0.0;
  float min = 0.0F;  ///< over everything
  float max = 0.0F;
  std::int64_t samples = 0;     ///< that had a finite element
  std::int64_t not_finite = 0;  ///< elements
  std::vector<double> channel_means{};
  bool operator==(const ValueStatistics&) const = default;

  /// Learns one more sample. Memory does not grow. The result depends on the order of samples (in the last bits).
  void add(const SampleStatistics& sample);
};

struct Statistics {
  std::int64_t samples = 0;
  std::map<std::string, ValueStatistics, std::less<>> values{};
  bool operator==(const Statistics&) const = default;
};

/// Compact, deterministic bytes, and back. Errors of the latter: Storage.
[[nodiscard]] std::vector<std::uint8_t> serialised(const Statistics& statistics);
[[nodiscard]] Result<Statistics> parsed_statistics(std::span<const std::uint8_t> bytes);

}  // namespace quantrail
