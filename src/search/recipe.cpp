#include "search/recipe.h"

#include <algorithm>
#include <functional>

namespace quantrail {
namespace {

using Vary = std::function<void(Recipe&)>;

/// The choices in the order in which they are made, each with its alternatives.
std::vector<std::vector<Vary>> stages(const RecipeChoices& choices) {
  std::vector<std::vector<Vary>> all;
  if (choices.asymmetric) all.push_back({[](Recipe& r) { r.asymmetric = true; }});
  if (choices.equalization) all.push_back({[](Recipe& r) { r.equalization = true; }});
  if (choices.smooth_quant) all.push_back({[](Recipe& r) { r.smooth_quant = true; }});
  if (choices.estimator) {
    all.push_back({[](Recipe& r) { r.estimator = RangePreset::Quantile; },
                   [](Recipe& r) { r.estimator = RangePreset::Percentile; },
                   [](Recipe& r) { r.estimator = RangePreset::Mse; }});
  }
  if (choices.full_bias) all.push_back({[](Recipe& r) { r.full_bias = true; }});
  return all;
}

const Tried* find(const std::vector<Tried>& tried, const Recipe& recipe) {
  const auto found =
      std::find_if(tried.begin(), tried.end(), [&](const auto& one) { return one.variation.recipe == recipe; });
  return found == tried.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Recipe> next_recipe(const RecipeChoices& choices, const std::vector<Tried>& tried, double sign) {
  const Tried* best = find(tried, choices.base);
  if (best == nullptr) return choices.base;
  for (const auto& stage : stages(choices)) {
    const Recipe base = best->variation.recipe.value_or(choices.base);
    for (const auto& vary : stage) {
      Recipe recipe = base;
      vary(recipe);
      const Tried* known = find(tried, recipe);
      if (known == nullptr) return recipe;
      if (better(*known, *best, sign)) best = known;
    }
  }
  return std::nullopt;
}

}  // namespace quantrail
