#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/range_config.h"
#include "model/tensor.h"
#include "quantize/histogram.h"

namespace quantrail {

/// What calibration shall learn, by value name. All of it is learned in one pass; memory grows with the number of
/// samples by 8 bytes per value, and by 12 more per value and outlier probability.
struct StatisticsRequest {
  std::set<std::string, std::less<>> extremes{};
  std::set<double> outlier_probs{};                         ///< quantiles of each sample, of everything in `extremes`
  std::set<std::string, std::less<>> histograms{};          ///< of all samples' values
  std::set<std::string, std::less<>> channel_means{};       ///< one per channel
  std::set<std::string, std::less<>> channel_magnitudes{};  ///< largest magnitude per channel
  std::set<std::string, std::less<>> channel_quantiles{};   ///< per channel, see ValueStatistics::channel_low
  std::set<std::string, std::less<>> last_axis{};  ///< of those: whose channels are the last axis, not the second
  bool operator==(const StatisticsRequest&) const = default;

  /// Asks for what `other` asks for, too.
  void join(const StatisticsRequest& other);
};

/// How the elements of one sample lie in memory: [rows, channels, spatial], or with `last` [rows, spatial, channels].
struct ChannelLayout {
  std::int64_t channels = 1;
  bool last = false;
  std::int64_t rows = 1;
};

/// What shall be learned about one value besides its extremes.
struct Learning {
  bool channel_means = false;
  bool channel_magnitudes = false;
  bool channel_quantiles = false;
  std::set<double> outlier_probs{};
};

/// Quantiles of one sample.
struct QuantileTriple {
  float low = 0.0F;       ///< of the elements, at p
  float high = 0.0F;      ///< at 1 - p
  float abs_high = 0.0F;  ///< of magnitudes, at 1 - p
  bool operator==(const QuantileTriple&) const = default;
};

/// What one sample says about one value. NaN, infinities and what stands for them (kBeyondNumbers) are counted, but not
/// learned from.
struct SampleStatistics {
  float min = 0.0F;
  float max = 0.0F;
  std::int64_t finite = 0;
  std::int64_t not_finite = 0;
  std::map<double, QuantileTriple> quantiles{};  ///< by outlier probability
  std::vector<double> channel_means{};           ///< over rows and space
  std::vector<float> channel_magnitudes{};
  std::vector<float> channel_low{}, channel_high{};  ///< quantiles 1e-4 and 1 - 1e-4
};

/// `values`: one sample.
[[nodiscard]] SampleStatistics observed(std::span<const float> values, ChannelLayout layout, const Learning& learning);

/// Per sample, in sample order.
struct QuantileSeries {
  std::vector<float> low{}, high{}, abs_high{};
  bool operator==(const QuantileSeries&) const = default;
};

/// What all samples say about one value.
struct ValueStatistics {
  float min = 0.0F;  ///< over everything
  float max = 0.0F;
  std::int64_t samples = 0;     ///< that had a finite element
  std::int64_t not_finite = 0;  ///< elements
  std::int64_t elements = 0;    ///< of the largest sample
  std::vector<float> minima{};  ///< one per such sample, in their order
  std::vector<float> maxima{};
  std::map<double, QuantileSeries> quantiles{};
  Histogram histogram{};
  std::vector<double> channel_means{};  ///< mean over samples of each sample's mean
  std::vector<float> channel_magnitudes{};
  /// Medians over samples (the first 300) of each sample's quantiles 1e-4 and 1 - 1e-4; once finished.
  std::vector<float> channel_low{}, channel_high{};
  bool operator==(const ValueStatistics&) const = default;

  /// Learns one more sample. The result depends on the order of samples (in the last bits).
  void add(const SampleStatistics& sample);
  /// To be called behind the last sample.
  void finish();

 private:
  std::vector<std::vector<float>> lows_{}, highs_{};
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
