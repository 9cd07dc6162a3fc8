#include "search/recipe.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "config/range_names.h"

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

const TriedRecipe* find(const std::vector<TriedRecipe>& tried, const Recipe& recipe) {
  const auto found = std::find_if(tried.begin(), tried.end(), [&](const auto& one) { return one.recipe == recipe; });
  return found == tried.end() ? nullptr : &*found;
}

double or_infinite(double value) { return std::isnan(value) ? std::numeric_limits<double>::infinity() : value; }

}  // namespace

std::string described(const Recipe& recipe) {
  std::string text = recipe.asymmetric ? "mixed" : "performance";
  if (recipe.equalization) text += ", equalization";
  if (recipe.smooth_quant) text += ", SmoothQuant";
  if (recipe.estimator != RangePreset::Default) {
    text += ", " + std::string(name_in(kRangePresets, recipe.estimator)) + " ranges";
  }
  if (recipe.full_bias) text += ", full bias correction";
  return text;
}

bool better(const TriedRecipe& a, const TriedRecipe& b, double sign) {
  if (std::isnan(a.metric) != std::isnan(b.metric)) return std::isnan(b.metric);
  const std::size_t count = std::min(a.per_sample.size(), b.per_sample.size());
  double mean = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = sign * (a.per_sample[i] - b.per_sample[i]);
    mean += difference / static_cast<double>(count);
    squares += difference * difference / static_cast<double>(count);
  }
  const double error =
      std::sqrt(std::max(0.0, squares - mean * mean) / static_cast<double>(std::max<std::size_t>(count, 1)));
  if (std::abs(mean) > 1.96 * error) return mean > 0.0;
  return or_infinite(a.distance) < or_infinite(b.distance);
}

std::optional<Recipe> next_recipe(const RecipeChoices& choices, const std::vector<TriedRecipe>& tried, double sign) {
  const TriedRecipe* best = find(tried, choices.base);
  if (best == nullptr) return choices.base;
  for (const auto& stage : stages(choices)) {
    const Recipe base = best->recipe;
    for (const auto& vary : stage) {
      Recipe recipe = base;
      vary(recipe);
      const TriedRecipe* known = find(tried, recipe);
      if (known == nullptr) return recipe;
      if (better(*known, *best, sign)) best = known;
    }
  }
  return std::nullopt;
}

std::size_t best_recipe(const std::vector<TriedRecipe>& tried, double sign) {
  std::size_t best = 0;
  for (std::size_t at = 1; at < tried.size(); ++at) {
    if (better(tried[at], tried[best], sign)) best = at;
  }
  return best;
}

}  // namespace quantrail
