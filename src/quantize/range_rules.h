#pragma once

#include <map>
#include <set>
#include <string>

#include "base/error.h"
#include "config/config.h"
#include "model/graph.h"

namespace quantrail {

/// One end of a range with nothing left open.
struct EndRule {
  ExtremeType type = ExtremeType::AbsMax;
  Aggregator aggregator = Aggregator::Mean;  ///< activations only
  double outlier_prob = 1e-4;
  std::optional<double> clipping_value{};
  /// Nobody asked for the mean of samples' extremes: of values of fewer elements than this the furthest is taken, since
  /// each of few is a large share of what there is, and half of the samples have one that is further out than the mean.
  std::int64_t furthest_below = 0;
  bool operator==(const EndRule&) const = default;
};

/// Elements of which one is more than one in a hundred.
inline constexpr std::int64_t kFewElements = 64;
/// Of a vector (pooled features, a dense layer's result) each element means something of its own, however many it has,
/// and the samples of one class may have theirs where no others have; signals are longer.
inline constexpr std::int64_t kLongestVector = 8192;

/// How the range of an activation is chosen.
struct ActivationRule {
  bool symmetric = true;
  bool is_signed = false;  ///< symmetric: zero point 128 even where nothing is negative
  /// Symmetric by the preset alone: a range that leaves more than a third of symmetric codes unused gets a zero point.
  bool may_shift = false;
  RangePreset preset = RangePreset::Default;
  double percentile = 99.99;
  EndRule min{};
  EndRule max{};
  bool operator==(const ActivationRule&) const = default;
  /// Whether the range comes from the distribution of all samples' values, not from samples' extremes.
  [[nodiscard]] bool by_distribution() const {
    return preset != RangePreset::Default && preset != RangePreset::Quantile;
  }
};

/// How the steps of constant weights are chosen.
struct WeightRule {
  bool per_channel = true;
  std::int32_t levels = 127;  ///< codes on either side of zero
  RangePreset preset = RangePreset::Default;
  double percentile = 99.99;
  EndRule max{};
  double least_share = 0.01;  ///< a channel's range is taken for at least this share of the widest channel's
  bool operator==(const WeightRule&) const = default;
};

/// The rules of one network: POT's tables for CPUs, with what the configuration says over them, key by key.
class RangeRules {
 public:
  /// Errors: InvalidInput for a name in layerwise_configs that the canonical `graph` does not have.
  [[nodiscard]] static Result<RangeRules> resolved(const QuantizationParams& params, const Graph& graph);

  /// Of values that share one range; the first that has an override of its own decides.
  [[nodiscard]] ActivationRule activation(const std::vector<std::string>& values) const;
  [[nodiscard]] WeightRule weights(const std::string& layer) const;

 private:
  bool as_pot_ = false;
  TensorConfig activations_{};
  TensorConfig weights_{};
  bool symmetric_ = true;
  std::map<std::string, TensorConfig, std::less<>> by_value_{};
  std::map<std::string, TensorConfig, std::less<>> by_layer_{};
};

}  // namespace quantrail
