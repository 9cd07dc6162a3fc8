#include "search/state.h"

#include <algorithm>
#include <tuple>

#include "search/drop.h"
#include "search/ranking_subset.h"
#include "search/requirements.h"

namespace quantrail {
bool evaluates(const SearchState& state) { return !state.settings.higher_is_better.empty(); }
bool as_pot(const SearchState& state) { return state.settings.compatibility == Compatibility::Pot; }
double sign_in(const SearchState& state, const std::string& metric) {
  return sign_of(state.settings.higher_is_better.at(metric));
}

std::vector<std::string> controlled_names(const SearchState& state) {
  std::vector<std::string> names;
  for (const auto& metric : state.settings.controlled) names.push_back(metric.name);
  return names;
}

std::vector<const Candidate*> open_groups(const SearchState& state) {
  const auto& reverted = state.trials[state.base].reverted;
  std::vector<const Candidate*> open;
  for (const auto& candidate : *state.groups) {
    const bool is_float = std::find(reverted.begin(), reverted.end(), candidate.group) != reverted.end();
    if (!is_float && !state.banned.contains(candidate.group)) open.push_back(&candidate);
  }
  return open;
}

std::vector<double> losses_in(const SearchState& state, const std::string& metric) {
  const auto& known = state.float_values->at(metric);
  const auto& all = state.base_values.at(metric);
  std::vector<double> values;
  for (const auto sample : state.comparison) values.push_back(all[sample]);
  return losses_of(known, state.comparison.empty() ? all : values, sign_in(state, metric));
}

std::size_t nearest(const SearchState& state) {
  std::vector<const Drops*> drops;
  for (const auto& trial : state.trials) drops.push_back(&trial.drops);
  const auto shortfall =
      state.baseline ? shortfalls(*state.baseline, drops) : std::vector<Shortfall>(state.trials.size());
  std::size_t best = 0;
  const auto key = [&](std::size_t at) {
    return std::tuple(shortfall[at], state.trials[at].drop, state.trials[at].reverted.size());
  };
  for (std::size_t at = 1; at < state.trials.size(); ++at) {
    if (key(at) < key(best)) best = at;
  }
  return best;
}

bool met(const SearchState& state, const Trial& trial) { return all_within(*state.baseline, trial.drops); }

std::optional<std::size_t> met_with_fewest(const SearchState& state) {
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at < state.trials.size(); ++at) {
    if (met(state, state.trials[at]) &&
        (!found || state.trials[at].reverted.size() < state.trials[*found].reverted.size()))
      found = at;
  }
  return found;
}

std::vector<std::size_t> hardest(const SearchState& state, const std::vector<std::string>& metrics) {
  std::vector<std::vector<double>> losses;
  for (const auto& metric : metrics) losses.push_back(losses_in(state, metric));
  auto samples = hardest_first(losses, state.settings.ranking_subset_size);
  if (!state.comparison.empty()) {
    for (auto& sample : samples) sample = state.comparison[sample];
  }
  return samples;
}

std::vector<std::string> waiting_start(const SearchState& state) {
  std::vector<std::string> names;
  if (steps(state) > 0 || !state.rankings.empty()) return names;
  for (const auto& name : state.settings.start) {
    const bool known = std::any_of(state.groups->begin(), state.groups->end(),
                                   [&](const Candidate& candidate) { return candidate.group == name; });
    if (known && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::span<const std::string> beyond_base(const SearchState& state, const std::vector<std::string>& reverted) {
  return std::span(reverted).subspan(state.trials[state.base].reverted.size());
}

std::optional<Bisection> bisection(const SearchState& state) {
  if (state.settings.order != SearchOrder::Bisect || state.rankings.empty()) return std::nullopt;
  Bisection known{.groups = state.rankings[0].scores.size()};
  for (const auto& trial : state.trials) {
    if (trial.kind == IterationKind::Probe) known.learn(beyond_base(state, trial.reverted).size(), met(state, trial));
  }
  return known;
}

std::size_t steps(const SearchState& state) {
  return static_cast<std::size_t>(
      std::count_if(state.trials.begin(), state.trials.end(), [](const Trial& trial) { return trial.is_step(); }));
}

bool spent(const SearchState& state) {
  const auto& bound = state.settings.max_iter_num;
  return bound && static_cast<std::int64_t>(steps(state)) >= *bound;
}

}  // namespace quantrail
