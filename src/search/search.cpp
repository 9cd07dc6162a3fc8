#include "search/search.h"

#include <algorithm>
#include <utility>

#include "search/explanation.h"
#include "search/guess.h"
#include "search/state.h"
#include "search/tuning.h"

namespace quantrail {
namespace {

Done done(const SearchState& state, Outcome outcome) {
  std::size_t best = as_pot(state) ? state.base : nearest(state);
  if (outcome == Outcome::Met && state.settings.accuracy_aware) best = met_with_fewest(state).value_or(best);
  return {.outcome = outcome, .best = best, .explanation = explained(state, outcome, best)};
}

/// `request` once the quantization in force is that of the base.
Request on_base(const SearchState& state, Request request) {
  const Variation& wanted = state.trials[state.base].variation;
  if (state.in_force == wanted) return request;
  return Quantize{.variation = wanted};
}

// ---- which quantization --------------------------------------------------------------------------------------------

/// Which recipe to try next, or which one to take; nothing where there is no choice.
std::optional<Request> recipe_step(const SearchState& state) {
  const auto& choices = state.settings.recipes;
  if (!choices) return std::nullopt;
  const double sign = sign_in(state, state.settings.controlled.front().name);
  if (const auto open = next_recipe(*choices, state.recipes, sign)) {
    return Try{.variation = {.recipe = *open}, .samples = state.settings.recipe_samples};
  }
  return Quantize{.variation = state.recipes[best_of(state.recipes, sign)].variation};
}

bool has(const SearchState& state, IterationKind kind) {
  return std::any_of(state.trials.begin(), state.trials.end(), [&](const Trial& trial) { return trial.kind == kind; });
}

/// `variation` on all samples, with nothing reverted.
Request evaluated_as(const SearchState& state, const Variation& variation) {
  if (state.in_force == variation) return Evaluate{};
  return Quantize{.variation = variation};
}

std::optional<Request> mixed_step(const SearchState& state) {
  if (!state.settings.convert_to_mixed || has(state, IterationKind::Mixed)) return std::nullopt;
  Variation mixed = state.trials.front().variation;
  mixed.mixed = true;
  return evaluated_as(state, mixed);
}

TuningGrid tuning_grid(const SearchState& state) {
  std::map<std::string, double> signs;
  for (const auto& name : controlled_names(state)) signs.emplace(name, sign_in(state, name));
  return {state.trials[state.base].variation, std::move(signs), state.optimised, as_pot(state)};
}

std::optional<Request> tuning_step(const SearchState& state) {
  if (!state.settings.tune_hyperparams || has(state, IterationKind::Tuned) || !state.rankings.empty()) {
    return std::nullopt;
  }
  if (!state.float_values) return EvaluateFloat{.samples = state.settings.comparison};
  const auto grid = tuning_grid(state);
  if (auto candidate = grid.next(state.tunings)) {
    Try request{.variation = *std::move(candidate), .samples = hardest(state, controlled_names(state))};
    std::sort(request.samples.begin(), request.samples.end());
    return request;
  }
  const Variation& best = state.tunings[grid.best(state.tunings)].variation;
  if (best == state.trials[state.base].variation) return std::nullopt;
  return evaluated_as(state, best);
}

// ---- which groups --------------------------------------------------------------------------------------------------

/// The model with one of the groups of `trials[base]` less, unless one that had them all and more in float missed the
/// target already.
std::optional<Evaluate> pruned(const SearchState& state, std::size_t base) {
  const auto& reverted = state.trials[base].reverted;
  for (auto group = reverted.rbegin(); group != reverted.rend(); ++group) {
    Evaluate request{.reverted = reverted};
    std::erase(request.reverted, *group);
    const std::set<std::string> left(request.reverted.begin(), request.reverted.end());
    const bool known = std::any_of(state.trials.begin(), state.trials.end(), [&](const Trial& trial) {
      const std::set<std::string> more(trial.reverted.begin(), trial.reverted.end());
      return trial.variation == state.trials[base].variation && !met(state, trial) &&
             std::includes(more.begin(), more.end(), left.begin(), left.end());
    });
    if (!known) return request;
  }
  return std::nullopt;
}

/// Once the first model misses the target and groups are ranked.
std::optional<Request> bisecting_step(const SearchState& state) {
  const auto known = bisection(state);
  if (!known || known->finished() || spent(state)) return std::nullopt;
  const auto first = [&](std::size_t length) {
    auto reverted = state.trials[state.base].reverted;
    for (std::size_t at = 0; at < length; ++at) reverted.push_back(state.rankings[0].scores[at].group);
    return reverted;
  };
  if (!worth_estimating(state)) return on_base(state, Evaluate{.reverted = first(known->next())});
  const Look look = next_look(state, *known);
  if (!look.estimate) return on_base(state, Evaluate{.reverted = first(look.groups)});
  return on_base(state, Estimate{.reverted = first(look.groups), .samples = state.rankings[0].samples});
}

Request ranking_step(const SearchState& state) {
  if (!state.float_values) return EvaluateFloat{.samples = state.settings.comparison};
  Rank request{.reverted = state.trials[state.base].reverted, .metric = state.optimised};
  if (state.race) {
    for (const auto& runner : state.race->runners) {
      if (!runner.dropped) request.candidates.push_back(runner.group);
    }
    request.samples = state.race->rounds[state.race->round];
  } else {
    for (const auto* candidate : open_groups(state)) request.candidates.push_back(candidate->group);
    request.samples = hardest(state, {state.optimised});
    if (state.settings.mode == RankingMode::Race) request.samples = race_rounds(request.samples).front();
    std::sort(request.samples.begin(), request.samples.end());
  }
  return on_base(state, request);
}

bool all_float(const SearchState& state) {
  return !state.trials[state.base].reverted.empty() && open_groups(state).empty();
}

Request reverting_step(const SearchState& state) {
  if (spent(state) || open_groups(state).empty() || bisection(state)) return done(state, Outcome::NotMet);
  if (state.queue.empty()) {
    const bool gone_through = as_pot(state) && !state.rank_next;
    return gone_through ? done(state, Outcome::NotMet) : ranking_step(state);
  }
  Evaluate request{.reverted = state.trials[state.base].reverted};
  request.reverted.push_back(state.queue.front());
  return on_base(state, request);
}

}  // namespace

Request next(const SearchState& state) {
  if (evaluates(state) && !state.baseline) return EvaluateFloat{};
  if (state.trials.empty()) {
    if (state.groups) return Evaluate{};
    return recipe_step(state).value_or(Quantize{});
  }
  if (state.settings.rank_only) {
    if (!state.rankings.empty() || open_groups(state).empty()) return done(state, Outcome::Met);
    return ranking_step(state);
  }
  if (!state.settings.accuracy_aware) return done(state, Outcome::Met);
  if (met(state, state.trials.front())) return done(state, Outcome::NothingToDo);
  const auto found = met_with_fewest(state);
  if (!found && steps(state) == 0) {
    if (auto step = mixed_step(state)) return *std::move(step);
    if (auto step = tuning_step(state)) return *std::move(step);
    if (auto start = waiting_start(state); !start.empty() && !spent(state))
      return on_base(state, Evaluate{.reverted = std::move(start)});
  }
  if (auto probe = bisecting_step(state)) return *std::move(probe);
  if (!found) return reverting_step(state);
  if (as_pot(state) && all_float(state)) return done(state, Outcome::NotMet);
  if (state.settings.prune && !spent(state)) {
    if (auto request = pruned(state, *found)) return on_base(state, *std::move(request));
  }
  return done(state, Outcome::Met);
}

}  // namespace quantrail
