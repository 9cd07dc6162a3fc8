#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/range_config.h"

namespace quantrail {

/// What `"preset": "auto"` varies of a quantization.
struct Recipe {
  bool asymmetric = false;    ///< activations: preset mixed, else performance
  bool equalization = false;  ///< cross-layer equalization
  bool smooth_quant = false;
  RangePreset estimator = RangePreset::Default;
  bool full_bias = false;  ///< full bias correction, else the fast one
  bool operator==(const Recipe&) const = default;
};

/// One end of the activations' ranges as `tune_hyperparams` tries it.
struct TunedEnd {
  double outlier_prob = 0.0;  ///< mean over samples of this quantile; 0: the extreme of all samples
  bool operator==(const TunedEnd&) const = default;
};

/// What `tune_hyperparams` varies of a quantization.
struct Tuning {
  bool plain_weights = false;     ///< weights: from the least to the largest
  std::optional<TunedEnd> min{};  ///< activations; both ends are given, or none
  std::optional<TunedEnd> max{};
  std::optional<bool> fast_bias{};
  bool operator==(const Tuning&) const = default;
};

/// What a search changes of the configured quantization; by default nothing.
struct Variation {
  std::optional<Recipe> recipe{};
  bool mixed = false;  ///< convert_to_mixed_preset: asymmetric activations
  std::optional<Tuning> tuning{};
  bool operator==(const Variation&) const = default;
};

/// "mixed, equalization, mse ranges, full bias correction"; "as configured" where nothing is changed.
[[nodiscard]] std::string described(const Recipe& recipe);
[[nodiscard]] std::string described(const Variation& variation);

/// A variation and what its model scored on a subset.
struct Tried {
  Variation variation{};
  double metric = 0.0;
  std::vector<double> per_sample{};  ///< of the metric
  double distance = 0.0;             ///< of outputs to the float model's
  std::map<std::string, double> metrics{};
};

/// Whether `a` is better than `b`: by the metric where they differ by more than chance (paired over samples, 1.96
/// standard errors), else by the smaller distance, which a small subset tells more reliably. `sign`: +1 where a higher
/// metric is better. NaN is worst.
[[nodiscard]] bool better(const Tried& a, const Tried& b, double sign);

/// Position in `tried` of the best; the earlier of equals. Precondition: not empty.
[[nodiscard]] std::size_t best_of(const std::vector<Tried>& tried, double sign);

}  // namespace quantrail
