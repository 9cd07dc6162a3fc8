#pragma once

#include <optional>
#include <vector>

#include "search/variation.h"

namespace quantrail {

/// Where the choice begins and what it may vary: what the user has decided stays.
struct RecipeChoices {
  Recipe base{};
  bool asymmetric = true;
  bool equalization = true;
  bool smooth_quant = true;
  bool estimator = true;
  bool full_bias = true;
};

/// The recipe to try next, one choice after the other, each on top of the best so far: asymmetric activations,
/// equalization, SmoothQuant, range estimators, full bias correction. Nothing when all choices are made. `tried`: of
/// variations with a recipe.
[[nodiscard]] std::optional<Recipe> next_recipe(const RecipeChoices& choices, const std::vector<Tried>& tried,
                                                double sign);

}  // namespace quantrail
