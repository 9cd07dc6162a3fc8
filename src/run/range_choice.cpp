#include "run/range_choice.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace quantrail {
namespace {

RangeChoice with_ranges(QuantizationParams params, std::string name, RangeEstimator estimator) {
  params.activations.range_estimator = std::move(estimator);
  return {std::move(name), std::move(params)};
}

}  // namespace

std::vector<RangeChoice> range_choices(const QuantizationParams& params) {
  if (params.range_estimator || params.activations.range_estimator || params.as_pot) return {};
  return {{"the mean of samples' extremes", params},
          with_ranges(params, "the furthest extremes",
                      {.min = {.aggregator = Aggregator::Min}, .max = {.aggregator = Aggregator::Max}}),
          with_ranges(params, "the least squared error", {.preset = RangePreset::Mse})};
}

std::size_t best_range_choice(std::span<const double> errors) {
  constexpr double kClearlyLess = 0.8;
  const auto least = std::min_element(errors.begin(), errors.end());
  return *least < kClearlyLess * errors[0] ? static_cast<std::size_t>(least - errors.begin()) : 0;
}

std::string range_remark(std::span<const RangeChoice> choices, std::span<const double> errors, std::size_t samples) {
  const std::size_t best = best_range_choice(errors);
  std::vector<std::string> others;
  for (std::size_t at = 0; at < choices.size(); ++at) {
    if (at != best) others.push_back(fmt::format("{:.3g} by {}", errors[at], choices[at].name));
  }
  return fmt::format("ranges of activations: {}, by the error of the outputs on {} calibration samples, {:.3g} ({})",
                     choices[best].name, samples, errors[best], joined(others, ", "));
}

}  // namespace quantrail
