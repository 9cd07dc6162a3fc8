#include "search/search.h"

#include <algorithm>
#include <cassert>

#include "search/drop.h"
#include "search/explanation.h"
#include "search/ranking_subset.h"

namespace quantrail {
namespace {

bool evaluates(const SearchState& state) { return !state.settings.higher_is_better.empty(); }
double sign_in(const SearchState& state) { return sign_of(state.settings.higher_is_better.at(state.settings.metric)); }

bool met(const SearchState& state, const Trial& trial) {
  const auto& metric = state.settings.metric;
  return within(trial.drop, state.baseline->limits.at(metric), state.baseline->metrics.at(metric));
}

/// Groups that may be tried on top of the base.
std::vector<const Candidate*> open_groups(const SearchState& state) {
  const auto& reverted = state.trials[state.base].reverted;
  std::vector<const Candidate*> open;
  for (const auto& candidate : *state.groups) {
    const bool is_float = std::find(reverted.begin(), reverted.end(), candidate.group) != reverted.end();
    if (!is_float && !state.banned.contains(candidate.group)) open.push_back(&candidate);
  }
  return open;
}

std::size_t best_of(const std::vector<Trial>& trials) {
  const auto better = [](const Trial& a, const Trial& b) {
    return a.drop < b.drop || (a.drop == b.drop && a.reverted.size() < b.reverted.size());
  };
  return static_cast<std::size_t>(std::min_element(trials.begin(), trials.end(), better) - trials.begin());
}

Done done(const SearchState& state, Outcome outcome) {
  const std::size_t best = best_of(state.trials);
  return {.outcome = outcome, .best = best, .explanation = explained(state, outcome, best)};
}

Rank ranking_request(const SearchState& state, const std::vector<const Candidate*>& open) {
  Rank request{.reverted = state.trials[state.base].reverted};
  for (const auto* candidate : open) request.candidates.push_back(candidate->group);
  request.samples =
      ranking_subset(state.float_values, state.base_values, sign_in(state), state.settings.ranking_subset_size);
  return request;
}

Request next_step(const SearchState& state) {
  const auto open = open_groups(state);
  const auto& bound = state.settings.max_iter_num;
  const bool spent = bound && static_cast<std::int64_t>(state.trials.size()) - 1 >= *bound;
  if (spent || open.empty()) return done(state, Outcome::NotMet);
  if (!state.queue.empty()) {
    Evaluate request{.reverted = state.trials[state.base].reverted};
    request.reverted.push_back(state.queue.front());
    return request;
  }
  if (state.float_values.empty()) return EvaluateFloat{};
  return ranking_request(state, open);
}

Baseline baseline_of(const SearchSettings& settings, std::map<std::string, double> metrics) {
  Baseline baseline{.metrics = std::move(metrics), .optimised = settings.metric};
  if (settings.accuracy_aware) {
    const double value = baseline.metrics.at(settings.metric);
    baseline.limits.emplace(settings.metric, limit_of(settings.drop_type, settings.maximal_drop, value));
  }
  return baseline;
}

Trial trial_of(const SearchState& state, const Evaluation& evaluation) {
  Trial trial{.metrics = evaluation.metrics, .seconds = evaluation.seconds};
  for (const auto& [name, baseline] : state.baseline->metrics) {
    const double sign = sign_of(state.settings.higher_is_better.at(name));
    trial.drops.emplace(name, drop_of(sign, baseline, evaluation.metrics.at(name)));
  }
  trial.drop = trial.drops.at(state.settings.metric);
  return trial;
}

double best_accepted_drop(const std::vector<Trial>& trials) {
  double best = trials.front().drop;
  for (const auto& trial : trials) {
    if (trial.accepted) best = std::min(best, trial.drop);
  }
  return best;
}

void judge(SearchState& state, Trial trial, const std::vector<double>& values) {
  const bool grew = trial.drop > best_accepted_drop(state.trials);
  trial.accepted = !grew || state.tolerant || !state.settings.use_prev_if_drop_increase;
  if (trial.accepted) {
    state.queue.erase(state.queue.begin());
    state.banned.clear();
    state.base = state.trials.size();
    state.base_values = values;
  } else {
    state.banned.insert(trial.changed.front());
  }
  if (grew && !state.tolerant) state.queue.clear();
  state.tolerant = false;
  state.trials.push_back(std::move(trial));
}

void take(SearchState& state, const EvaluateFloat&, const Evaluation& answer) {
  if (!state.baseline) state.baseline = baseline_of(state.settings, answer.metrics);
  state.float_values = answer.per_sample.at(state.settings.metric);
}

/// Which recipe to try next, or which one to take; nothing where there is no choice.
std::optional<Request> recipe_request(const SearchState& state) {
  const auto& choices = state.settings.recipes;
  if (!choices) return std::nullopt;
  const double sign = sign_in(state);
  if (const auto open = next_recipe(*choices, state.recipes, sign)) {
    return TryRecipe{.recipe = *open, .samples = state.settings.recipe_samples};
  }
  return Quantize{.recipe = state.recipes[best_recipe(state.recipes, sign)].recipe};
}

void take(SearchState& state, const TryRecipe& request, const Evaluation& answer) {
  const auto& metric = state.settings.metric;
  state.recipes.push_back({.recipe = request.recipe,
                           .metric = answer.metrics.at(metric),
                           .per_sample = answer.per_sample.at(metric),
                           .distance = answer.distance});
}

void take(SearchState& state, const Quantize&, const Quantized& answer) {
  state.groups = answer.groups;
  if (!evaluates(state)) state.trials.emplace_back();
}

void take(SearchState& state, const Evaluate& request, const Evaluation& answer) {
  Trial trial = trial_of(state, answer);
  const auto& values = answer.per_sample.at(state.settings.metric);
  if (request.reverted.empty()) {
    state.trials.push_back(std::move(trial));
    state.base_values = values;
    return;
  }
  trial.kind = IterationKind::Revert;
  trial.changed = {request.reverted.back()};
  trial.reverted = request.reverted;
  judge(state, std::move(trial), values);
}

void take(SearchState& state, const Rank& request, const Ranked& answer) {
  assert(request.candidates.size() == answer.values.size());
  const auto open = open_groups(state);
  Ranking ranking{.after_trial = state.trials.size() - 1, .samples = request.samples};
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto& value = answer.values[at];
    ranking.scores.push_back({.group = open[at]->group,
                              .layers = open[at]->layers,
                              .score = sign_in(state) * value.metric,
                              .distance = value.distance,
                              .float_macs = open[at]->float_macs});
  }
  ranking.scores = ranked(std::move(ranking.scores));
  for (const auto& score : ranking.scores) state.queue.push_back(score.group);
  state.rankings.push_back(std::move(ranking));
  state.tolerant = true;
}

}  // namespace

SearchState started(SearchSettings settings) {
  assert(!settings.accuracy_aware || settings.higher_is_better.contains(settings.metric));
  SearchState state{.settings = std::move(settings)};
  if (evaluates(state) && state.settings.baseline_value) {
    state.baseline = baseline_of(state.settings, {{state.settings.metric, *state.settings.baseline_value}});
  }
  return state;
}

Request next(const SearchState& state) {
  if (evaluates(state) && !state.baseline) return EvaluateFloat{};
  if (!state.groups) return recipe_request(state).value_or(Quantize{});
  if (state.trials.empty()) return Evaluate{};
  if (!state.settings.accuracy_aware) return done(state, Outcome::Met);
  if (met(state, state.trials.back()))
    return done(state, state.trials.size() == 1 ? Outcome::NothingToDo : Outcome::Met);
  return next_step(state);
}

SearchState after(SearchState state, const Answer& answer) {
  switch (const Request request = next(state); request.index()) {
    case 0: take(state, std::get<EvaluateFloat>(request), std::get<Evaluation>(answer)); break;
    case 1: take(state, std::get<Quantize>(request), std::get<Quantized>(answer)); break;
    case 2: take(state, std::get<Evaluate>(request), std::get<Evaluation>(answer)); break;
    case 3: take(state, std::get<Rank>(request), std::get<Ranked>(answer)); break;
    case 4: take(state, std::get<TryRecipe>(request), std::get<Evaluation>(answer)); break;
    default: assert(false && "a search that is done takes no answer");
  }
  return state;
}

}  // namespace quantrail
