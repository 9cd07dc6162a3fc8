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

/// Of the models that meet the target, the one with the fewest groups in float.
std::optional<std::size_t> met_with_fewest(const SearchState& state) {
  std::optional<std::size_t> found;
  for (std::size_t at = 0; at < state.trials.size(); ++at) {
    if (met(state, state.trials[at]) &&
        (!found || state.trials[at].reverted.size() < state.trials[*found].reverted.size()))
      found = at;
  }
  return found;
}

Done done(const SearchState& state, Outcome outcome) {
  const auto found = outcome == Outcome::Met && state.settings.accuracy_aware ? met_with_fewest(state) : std::nullopt;
  const std::size_t best = found ? *found : best_of(state.trials);
  return {.outcome = outcome, .best = best, .explanation = explained(state, outcome, best)};
}

Rank ranking_request(const SearchState& state, const std::vector<const Candidate*>& open) {
  Rank request{.reverted = state.trials[state.base].reverted};
  for (const auto* candidate : open) request.candidates.push_back(candidate->group);
  request.samples =
      ranking_subset(state.float_values, state.base_values, sign_in(state), state.settings.ranking_subset_size);
  return request;
}

/// Lengths of the ranking's beginnings: the longest known to be too short, and the shortest known to be enough, one
/// more than there are groups where none is.
struct Bisection {
  std::size_t too_few = 0;
  std::size_t enough = 0;
  [[nodiscard]] bool finished() const { return enough - too_few <= 1; }
  [[nodiscard]] std::size_t middle() const { return (too_few + enough) / 2; }
};

std::optional<Bisection> bisection(const SearchState& state) {
  if (state.settings.order != SearchOrder::Bisect || state.rankings.empty()) return std::nullopt;
  Bisection known{0, state.rankings[0].scores.size() + 1};
  for (const auto& trial : state.trials) {
    if (trial.kind != IterationKind::Probe) continue;
    (met(state, trial) ? known.enough : known.too_few) = trial.reverted.size();
  }
  return known;
}

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
      return !met(state, trial) && std::includes(more.begin(), more.end(), left.begin(), left.end());
    });
    if (!known) return request;
  }
  return std::nullopt;
}

bool spent(const SearchState& state) {
  const auto& bound = state.settings.max_iter_num;
  return bound && static_cast<std::int64_t>(state.trials.size()) - 1 >= *bound;
}

/// Once the first model misses the target and groups are ranked.
std::optional<Request> bisecting_step(const SearchState& state) {
  const auto known = bisection(state);
  if (!known || known->finished() || spent(state)) return std::nullopt;
  Evaluate request;
  for (std::size_t at = 0; at < known->middle(); ++at) request.reverted.push_back(state.rankings[0].scores[at].group);
  return request;
}

Request next_step(const SearchState& state) {
  const auto open = open_groups(state);
  if (spent(state) || open.empty() || bisection(state)) return done(state, Outcome::NotMet);
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
  trial.reverted = request.reverted;
  const auto known = bisection(state);
  const auto found = met_with_fewest(state);
  if (known && !known->finished()) {
    trial.kind = IterationKind::Probe;
    trial.changed = request.reverted;
  } else if (found) {
    trial.kind = IterationKind::Prune;
    for (const auto& group : state.trials[*found].reverted) {
      if (std::find(request.reverted.begin(), request.reverted.end(), group) == request.reverted.end())
        trial.changed.push_back(group);
    }
  } else {
    trial.kind = IterationKind::Revert;
    trial.changed = {request.reverted.back()};
    return judge(state, std::move(trial), values);
  }
  trial.accepted = met(state, trial);
  state.trials.push_back(std::move(trial));
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
  if (met(state, state.trials.front())) return done(state, Outcome::NothingToDo);
  if (auto probe = bisecting_step(state)) return *std::move(probe);
  const auto found = met_with_fewest(state);
  if (!found) return next_step(state);
  if (state.settings.prune && !spent(state)) {
    if (auto request = pruned(state, *found)) return *std::move(request);
  }
  return done(state, Outcome::Met);
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
