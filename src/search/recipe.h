#pragma once

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

/// "mixed, equalization, mse ranges, full bias correction"
[[nodiscard]] std::string described(const Recipe& recipe);

/// Where the choice begins and what it may vary: what the user has decided stays.
struct RecipeChoices {
  Recipe base{};
  bool asymmetric = true;
  bool equalization = true;
  bool smooth_quant = true;
  bool estimator = true;
  bool full_bias = true;
};

/// A recipe and what its model scored on the subset.
struct TriedRecipe {
  Recipe recipe{};
  double metric = 0.0;
  std::vector<double> per_sample{};  ///< of the metric
  double distance = 0.0;             ///< of outputs to the float model's
};

/// Whether `a` is better than `b`: by the metric where they differ by more than chance (paired over samples, 1.96
/// standard errors), else by the smaller distance, which a small subset tells more reliably. `sign`: +1 where a higher
/// metric is better. NaN is worst.
[[nodiscard]] bool better(const TriedRecipe& a, const TriedRecipe& b, double sign);

/// The recipe to try next, one choice after the other, each on top of the best so far: asymmetric activations,
/// equalization, SmoothQuant, range estimators, full bias correction. Nothing when all choices are made.
[[nodiscard]] std::optional<Recipe> next_recipe(const RecipeChoices& choices, const std::vector<TriedRecipe>& tried,
                                                double sign);

/// Position in `tried` of the best; the earlier of equals. Precondition: not empty.
[[nodiscard]] std::size_t best_recipe(const std::vector<TriedRecipe>& tried, double sign);

}  // namespace quantrail
