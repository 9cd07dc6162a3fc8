#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace quantrail {

// How ranges are chosen: POT's `weights`, `activations`, `range_estimator` and `layerwise_configs` as they were
// written. What was left out follows from the preset (see quantize/range_rules.h).

/// What one sample, or one channel of weights, says about one end of the range.
enum class ExtremeType { Min, Max, AbsMax, Quantile, AbsQuantile };
/// How samples are made into one number; not for weights.
enum class Aggregator { Mean, Max, Min, Median, MeanNoOutliers, MedianNoOutliers, HodgesLehmann };

struct EndEstimator {
  std::optional<ExtremeType> type{};
  std::optional<double> outlier_prob{};  ///< of the quantile types, in (0, 0.5): quantile p for min, 1 - p for max
  std::optional<Aggregator> aggregator{};
  std::optional<double> clipping_value{};  ///< the end is not further out than this
  bool operator==(const EndEstimator&) const = default;
};

enum class RangePreset {
  Default,     ///< POT: extremes
  Quantile,    ///< POT: quantiles of each sample
  Percentile,  ///< of all values of all samples
  Entropy,     ///< the range whose codes' distribution diverges least from the values' (Kullback-Leibler)
  Mse,         ///< the range of the least mean squared error
};

struct RangeEstimator {
  std::optional<RangePreset> preset{};  ///< RangePreset::Default where nothing says otherwise
  std::optional<double> percentile{};   ///< of RangePreset::Percentile: % of values inside, in (50, 100]; 99.99
  EndEstimator min{};                   ///< min and max: over RangePreset::Default and Quantile, key by key
  EndEstimator max{};
  bool operator==(const RangeEstimator&) const = default;
};

enum class Granularity { PerTensor, PerChannel };

/// How one kind of tensor, or one tensor, is quantized.
struct TensorConfig {
  std::optional<bool> symmetric{};           ///< activations; weights always are on a CPU
  std::optional<Granularity> granularity{};  ///< weights; activations always have one scale
  std::optional<std::int64_t> level_low{};   ///< weights: lowest code, -128 to -1. Activations: negative means signed
  std::optional<std::int64_t> level_high{};  ///< weights: highest code, 1 to 127
  std::optional<RangeEstimator> range_estimator{};
  bool operator==(const TensorConfig&) const = default;
};

/// By name of an activation ("conv1:0", "conv1/fq_input_0") or of a layer's weights ("conv1/fq_weights_1").
using LayerwiseConfigs = std::map<std::string, TensorConfig, std::less<>>;

}  // namespace quantrail
