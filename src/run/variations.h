#pragma once

#include <cstddef>
#include <vector>

#include "run/inputs.h"
#include "search/recipe.h"

namespace quantrail {

/// What `"preset": "auto"` may vary for these inputs: nothing that the configuration says itself, and nothing that the
/// network has no place for.
[[nodiscard]] RecipeChoices recipe_choices(const RunInputs& inputs);

/// The validation samples on which recipes are compared: at most 200, evenly spread.
[[nodiscard]] std::vector<std::size_t> recipe_samples(std::size_t available);

/// The configured parameters with what `variation` changes.
[[nodiscard]] QuantizationParams with_variation(const RunInputs& inputs, const Variation& variation);

/// All settings of `params` that a search may come to and that differ in what calibration has to learn of one and the
/// same network, so that one pass over the data serves them all.
[[nodiscard]] std::vector<QuantizationParams> learned_together(const RunInputs& inputs,
                                                               const QuantizationParams& params);

}  // namespace quantrail
