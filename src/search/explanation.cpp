#include "search/explanation.h"

#include <fmt/format.h>

#include "base/text.h"

namespace quantrail {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// "accuracy@top1 0.912 (float 0.92, drop 0.008, allowed 0.01)"
std::string figures(const SearchState& state, const Trial& trial) {
  const auto& metric = state.settings.metric;
  std::string text = fmt::format("{} {:.6g} (float {:.6g}, drop {:.6g}", printable(metric), trial.metrics.at(metric),
                                 state.baseline->metrics.at(metric), trial.drop);
  const auto limit = state.baseline->limits.find(metric);
  if (limit != state.baseline->limits.end()) text += fmt::format(", allowed {:.6g}", limit->second);
  return text + ")";
}

std::string why_it_stopped(const SearchState& state) {
  const auto& bound = state.settings.max_iter_num;
  if (bound && static_cast<std::int64_t>(state.trials.size()) - 1 >= *bound) {
    return fmt::format("max_iter_num allows {}", counted(static_cast<std::size_t>(*bound), "step"));
  }
  return "no layer is left to revert";
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
    return fmt::format("Target met after {} with {} of {} in float: {}.", counted(state.trials.size() - 1, "step"),
                       model.reverted.size(), counted(state.groups->size(), "group"), figures(state, model));
  }
  return fmt::format("Target not met: {}. Best seen is iteration {} with {} of {} in float: {}.", why_it_stopped(state),
                     best, model.reverted.size(), counted(state.groups->size(), "group"), figures(state, model));
}

}  // namespace quantrail
