#include "search/variation.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/text.h"
#include "config/value_names.h"
#include "search/paired.h"

namespace quantrail {
namespace {

double or_infinite(double value) { return std::isnan(value) ? std::numeric_limits<double>::infinity() : value; }

std::string described(const TunedEnd& end) {
  return end.outlier_prob == 0.0 ? std::string("extremes") : fmt::format("quantiles {:g}", end.outlier_prob);
}

std::vector<std::string> parts_of(const Tuning& tuning) {
  std::vector<std::string> parts;
  if (tuning.plain_weights) parts.emplace_back("weights by extremes");
  if (tuning.min) parts.push_back("minima by " + described(*tuning.min));
  if (tuning.max) parts.push_back("maxima by " + described(*tuning.max));
  if (tuning.fast_bias) parts.emplace_back(*tuning.fast_bias ? "fast bias correction" : "full bias correction");
  return parts;
}

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

std::string described(const Variation& variation) {
  std::vector<std::string> parts;
  if (variation.recipe) parts.push_back(described(*variation.recipe));
  if (variation.mixed) parts.emplace_back("mixed");
  if (variation.tuning) {
    for (auto& part : parts_of(*variation.tuning)) parts.push_back(std::move(part));
  }
  return parts.empty() ? "as configured" : joined(parts, ", ");
}

bool better(const Tried& a, const Tried& b, double sign) {
  if (std::isnan(a.metric) != std::isnan(b.metric)) return std::isnan(b.metric);
  const auto [mean, error] = paired(a.per_sample, b.per_sample);
  if (std::abs(mean) > 1.96 * error) return sign * mean > 0.0;
  return or_infinite(a.distance) < or_infinite(b.distance);
}

std::size_t best_of(const std::vector<Tried>& tried, double sign) {
  std::size_t best = 0;
  for (std::size_t at = 1; at < tried.size(); ++at) {
    if (better(tried[at], tried[best], sign)) best = at;
  }
  return best;
}

}  // namespace quantrail
