#include "search/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "search/state.h"

namespace quantrail {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "accuracy@top1 0.912 (float 0.92, drop 0.008, allowed 0.01)", for every controlled metric.
std::string figures(const SearchState& state, const Trial& trial) {
  std::vector<std::string> all;
  for (const auto& [metric, drop_allowed, given] : state.settings.controlled) {
    std::string text = fmt::format("{} {:.6g} (float {:.6g}, drop {:.6g}", printable(metric), trial.metrics.at(metric),
                                   state.baseline->metrics.at(metric), trial.drops.at(metric) + 0.0);  // no "-0"
    const auto limit = state.baseline->limits.find(metric);
    if (limit != state.baseline->limits.end()) text += fmt::format(", allowed {:.6g}", limit->second);
    all.push_back(text + ")");
  }
  return joined(all, ", ");
}

std::string why_it_stopped(const SearchState& state) {
  if (spent(state)) {
    return fmt::format("max_iter_num allows {}",
                       counted(static_cast<std::size_t>(*state.settings.max_iter_num), "step"));
  }
  return as_pot(state) ? "all layers were gone through (compatibility \"pot\")" : "no layer is left to revert";
}

/// "with 3 of 28 groups in float"
std::string in_float(const SearchState& state, const Trial& trial) {
  std::string text =
      fmt::format("with {} of {} in float", trial.reverted.size(), counted(state.groups->size(), "group"));
  if (trial.variation.mixed || trial.variation.tuning) text += fmt::format(" ({})", described(trial.variation));
  return text;
}

/// With everything in float what is left to differ are the channels that were equalized for codes: behind a Clip that
/// is exact only for what calibration has seen, as wide as it was.
std::string if_nothing_is_left(const SearchState& state, const Trial& trial) {
  const bool all = !trial.reverted.empty() && trial.reverted.size() == state.groups->size();
  if (!all) return "";
  const bool given = std::any_of(state.settings.controlled.begin(), state.settings.controlled.end(),
                                 [](const auto& control) { return control.baseline_value.has_value(); });
  if (given) return " Nothing is left in int8.";
  const bool same =
      std::all_of(trial.drops.begin(), trial.drops.end(), [](const auto& drop) { return drop.second == 0.0; });
  return same ? " Nothing is left in int8: this is the float model."
              : " Nothing is left in int8, and what still differs from the float model comes of equalized channels: "
                "\"equalization\": false leaves them as they are.";
}

}  // namespace

std::string explained(const SearchState& state, Outcome outcome, std::size_t best) {
  const Trial& model = state.trials[best];
  if (!state.settings.accuracy_aware) {
    const std::string measured = state.baseline ? ": " + figures(state, model) : std::string(", not measured");
    return fmt::format("Quantized without an accuracy target{}.", measured);
  }
  if (outcome == Outcome::NothingToDo) {
    return fmt::format("Nothing had to be reverted: {}.", figures(state, model));
  }
  if (outcome == Outcome::Met) {
    return fmt::format("Target met after {} {}: {}.{}", counted(steps(state), "step"), in_float(state, model),
                       figures(state, model), if_nothing_is_left(state, model));
  }
  return fmt::format("Target not met: {}. {} is iteration {} {}: {}.{}", why_it_stopped(state),
                     as_pot(state) ? "The last accepted" : "Best seen", best, in_float(state, model),
                     figures(state, model), if_nothing_is_left(state, model));
}

}  // namespace quantrail
