#include "search/search.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

#include "search/bisection.h"
#include "search/drop.h"
#include "search/explanation.h"
#include "search/pot_steps.h"
#include "search/ranking_subset.h"
#include "search/requirements.h"
#include "search/tuning.h"

namespace quantrail {
namespace {

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

/// The model nearest to the target; of equals the one of the smallest drop, then of the fewest groups in float.
std::size_t nearest(const SearchState& state) {
  std::vector<const Drops*> drops;
  for (const auto& trial : state.trials) drops.push_back(&trial.drops);
  const auto shortfall =
      state.baseline ? shortfalls(*state.baseline, drops) : std::vector<double>(state.trials.size(), 0.0);
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

/// Per metric: how much each sample of the comparison loses in the base.
std::vector<double> losses_in(const SearchState& state, const std::string& metric) {
  const auto& known = state.float_values->at(metric);
  const auto& all = state.base_values.at(metric);
  std::vector<double> values;
  for (const auto sample : state.comparison) values.push_back(all[sample]);
  return losses_of(known, state.comparison.empty() ? all : values, sign_in(state, metric));
}

/// Positions in the data set of the samples that lose most, worst first.
std::vector<std::size_t> hardest(const SearchState& state, const std::vector<std::string>& metrics) {
  std::vector<std::vector<double>> losses;
  for (const auto& metric : metrics) losses.push_back(losses_in(state, metric));
  auto samples = hardest_first(losses, state.settings.ranking_subset_size);
  if (!state.comparison.empty()) {
    for (auto& sample : samples) sample = state.comparison[sample];
  }
  return samples;
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

std::optional<Bisection> bisection(const SearchState& state) {
  if (state.settings.order != SearchOrder::Bisect || state.rankings.empty()) return std::nullopt;
  Bisection known{.groups = state.rankings[0].scores.size()};
  for (const auto& trial : state.trials) {
    if (trial.kind == IterationKind::Probe) known.learn(trial.reverted.size(), met(state, trial));
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
      return trial.variation == state.trials[base].variation && !met(state, trial) &&
             std::includes(more.begin(), more.end(), left.begin(), left.end());
    });
    if (!known) return request;
  }
  return std::nullopt;
}

std::int64_t steps(const SearchState& state) {
  return std::count_if(state.trials.begin(), state.trials.end(), [](const Trial& trial) { return trial.is_step(); });
}

bool spent(const SearchState& state) {
  const auto& bound = state.settings.max_iter_num;
  return bound && steps(state) >= *bound;
}

/// Once the first model misses the target and groups are ranked.
std::optional<Request> bisecting_step(const SearchState& state) {
  const auto known = bisection(state);
  if (!known || known->finished() || spent(state)) return std::nullopt;
  Evaluate request;
  for (std::size_t at = 0; at < known->next(); ++at) request.reverted.push_back(state.rankings[0].scores[at].group);
  return on_base(state, request);
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

// ---- answers -------------------------------------------------------------------------------------------------------

void establish(SearchState& state, std::map<std::string, double> metrics) {
  const auto& settings = state.settings;
  Baseline baseline{.metrics = std::move(metrics), .optimised = settings.controlled.front().name};
  for (const auto& control : settings.controlled) {
    if (control.baseline_value) baseline.metrics[control.name] = *control.baseline_value;
    if (!settings.accuracy_aware) continue;
    const double value = baseline.metrics.at(control.name);
    // POT takes the signed baseline, so that a negative one forbids models that are better than float.
    const bool inverted = as_pot(state) && settings.drop_type == DropType::Relative && value < 0.0;
    const double limit = limit_of(settings.drop_type, control.maximal_drop, value);
    baseline.limits.emplace(control.name, inverted ? -limit : limit);
  }
  state.baseline = std::move(baseline);
}

Trial trial_of(const SearchState& state, const Evaluation& evaluation) {
  Trial trial{.metrics = evaluation.metrics, .variation = *state.in_force, .seconds = evaluation.seconds};
  for (const auto& [name, baseline] : state.baseline->metrics) {
    trial.drops.emplace(name, drop_of(sign_in(state, name), baseline, evaluation.metrics.at(name)));
  }
  trial.drop = trial.drops.at(state.baseline->optimised);
  return trial;
}

double best_accepted_drop(const SearchState& state) {
  double best = state.trials.front().drops.at(state.optimised);
  for (const auto& trial : state.trials) {
    if (trial.accepted) best = std::min(best, trial.drops.at(state.optimised));
  }
  return best;
}

void judge(SearchState& state, Trial trial, const SampleValues& values) {
  const double drop = trial.drops.at(state.optimised);
  const bool grew = drop > best_accepted_drop(state);
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
  const auto& baseline = *state.baseline;
  const bool holds = within(drop, baseline.limits.at(state.optimised), baseline.metrics.at(state.optimised));
  if (trial.accepted && holds && !met(state, trial)) {
    state.optimised = furthest_out(controlled_names(state), baseline, trial.drops);
    state.queue.clear();
  }
  state.trials.push_back(std::move(trial));
}

/// Whether a model with nothing reverted replaces the base.
bool adopted(const SearchState& state, const Trial& trial) {
  if (state.trials.empty()) return true;
  const Trial& base = state.trials[state.base];
  if (!as_pot(state)) {
    const auto shortfall = shortfalls(*state.baseline, {&trial.drops, &base.drops});
    return std::pair(shortfall[0], trial.drops.at(state.optimised)) <
           std::pair(shortfall[1], base.drops.at(state.optimised));
  }
  if (trial.kind == IterationKind::Mixed) return true;
  double difference = 0.0;
  for (const auto& name : controlled_names(state)) difference += trial.drops.at(name) - base.drops.at(name);
  return difference < 0.0;
}

void take_unreverted(SearchState& state, Trial trial, const SampleValues& values) {
  trial.kind = state.trials.empty()     ? IterationKind::Quantized
               : trial.variation.tuning ? IterationKind::Tuned
                                        : IterationKind::Mixed;
  trial.accepted = adopted(state, trial);
  if (trial.accepted) {
    state.base = state.trials.size();
    state.base_values = values;
    if (state.settings.accuracy_aware) {
      const auto choose = as_pot(state) ? furthest_out_as_pot : furthest_out;
      state.optimised = choose(controlled_names(state), *state.baseline, trial.drops);
      state.reference = trial.drops.at(state.optimised);
    }
  }
  state.trials.push_back(std::move(trial));
}

void take(SearchState& state, const EvaluateFloat& request, const Evaluation& answer) {
  if (!state.baseline) establish(state, answer.metrics);
  state.float_values = answer.per_sample;
  state.comparison = request.samples;
}

void take(SearchState& state, const Try& request, const Evaluation& answer) {
  const auto& metric = request.variation.recipe ? state.settings.controlled.front().name : state.optimised;
  auto& tried = request.variation.recipe ? state.recipes : state.tunings;
  tried.push_back({.variation = request.variation,
                   .metric = answer.metrics.at(metric),
                   .per_sample = answer.per_sample.at(metric),
                   .distance = answer.distance,
                   .metrics = answer.metrics});
  state.in_force.reset();
}

void take(SearchState& state, const Quantize& request, const Quantized& answer) {
  state.groups = answer.groups;
  state.in_force = request.variation;
  if (!evaluates(state)) state.trials.push_back({.variation = request.variation});
}

void take(SearchState& state, const Evaluate& request, const Evaluation& answer) {
  Trial trial = trial_of(state, answer);
  if (request.reverted.empty()) return take_unreverted(state, std::move(trial), answer.per_sample);
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
    return as_pot(state) ? judge_as_pot(state, std::move(trial), answer.per_sample)
                         : judge(state, std::move(trial), answer.per_sample);
  }
  trial.accepted = met(state, trial);
  state.trials.push_back(std::move(trial));
}

LayerScore score_of(const Candidate& candidate) {
  return {.group = candidate.group, .layers = candidate.layers, .float_macs = candidate.float_macs};
}

void finish_ranking(SearchState& state, Ranking ranking) {
  ranking.after_trial = state.trials.size() - 1;
  ranking.metric = state.optimised;
  ranking.scores = as_pot(state) ? ranked_as_pot(std::move(ranking.scores))
                                 : ranked(std::move(ranking.scores), state.settings.signal);
  for (const auto& score : ranking.scores) state.queue.push_back(score.group);
  if (!as_pot(state) || state.rankings.empty()) state.tolerant = true;
  state.rankings.push_back(std::move(ranking));
  state.rank_next = false;
}

void start_race(SearchState& state) {
  state.race.emplace();
  state.race->rounds = race_rounds(hardest(state, {state.optimised}));
  for (const auto* candidate : open_groups(state)) state.race->runners.push_back({.group = candidate->group});
}

void finish_race(SearchState& state) {
  const auto open = open_groups(state);
  Ranking ranking;
  for (const auto& round : state.race->rounds) {
    ranking.samples.insert(ranking.samples.end(), round.begin(), round.end());
  }
  std::sort(ranking.samples.begin(), ranking.samples.end());
  for (std::size_t at = 0; at < open.size(); ++at) {
    const Runner& runner = state.race->runners[at];
    LayerScore score = score_of(*open[at]);
    score.score = mean_of(runner.values);
    score.distance = mean_of(runner.distances);
    score.samples = runner.values.size();
    if (runner.dropped) score.behind = runner.behind;
    ranking.scores.push_back(std::move(score));
  }
  state.race.reset();
  finish_ranking(state, std::move(ranking));
}

void take_share(SearchState& state, const Ranked& answer) {
  if (!state.race) start_race(state);
  const double sign = sign_in(state, state.optimised);
  auto value = answer.values.begin();
  for (auto& runner : state.race->runners) {
    if (runner.dropped) continue;
    for (const double of_sample : value->per_sample) runner.values.push_back(sign * of_sample);
    runner.distances.insert(runner.distances.end(), value->distances.begin(), value->distances.end());
    ++value;
  }
  if (++state.race->round == state.race->rounds.size()) return finish_race(state);
  drop_behind(state.race->runners, state.settings.signal);
}

void take(SearchState& state, const Rank& request, const Ranked& answer) {
  assert(request.candidates.size() == answer.values.size());
  if (state.settings.mode == RankingMode::Race) return take_share(state, answer);
  const auto open = open_groups(state);
  Ranking ranking{.samples = request.samples};
  for (std::size_t at = 0; at < open.size(); ++at) {
    LayerScore score = score_of(*open[at]);
    score.score = sign_in(state, state.optimised) * answer.values[at].metric;
    score.distance = answer.values[at].distance;
    score.samples = request.samples.size();
    ranking.scores.push_back(std::move(score));
  }
  finish_ranking(state, std::move(ranking));
}

}  // namespace

SearchState started(SearchSettings settings) {
  assert(settings.controlled.empty() == settings.higher_is_better.empty());
  SearchState state{.settings = std::move(settings)};
  if (!evaluates(state)) return state;
  const auto& controlled = state.settings.controlled;
  state.optimised = controlled.front().name;
  if (std::all_of(controlled.begin(), controlled.end(), [](const auto& metric) { return metric.baseline_value; })) {
    establish(state, {});
  }
  return state;
}

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
  if (auto probe = bisecting_step(state)) return *std::move(probe);
  const auto found = met_with_fewest(state);
  if (!found) {
    if (auto step = mixed_step(state)) return *std::move(step);
    if (auto step = tuning_step(state)) return *std::move(step);
    return reverting_step(state);
  }
  if (as_pot(state) && all_float(state)) return done(state, Outcome::NotMet);
  if (state.settings.prune && !spent(state)) {
    if (auto request = pruned(state, *found)) return on_base(state, *std::move(request));
  }
  return done(state, Outcome::Met);
}

SearchState after(SearchState state, const Answer& answer) {
  switch (const Request request = next(state); request.index()) {
    case 0: take(state, std::get<EvaluateFloat>(request), std::get<Evaluation>(answer)); break;
    case 1: take(state, std::get<Quantize>(request), std::get<Quantized>(answer)); break;
    case 2: take(state, std::get<Evaluate>(request), std::get<Evaluation>(answer)); break;
    case 3: take(state, std::get<Rank>(request), std::get<Ranked>(answer)); break;
    case 4: take(state, std::get<Try>(request), std::get<Evaluation>(answer)); break;
    default: assert(false && "a search that is done takes no answer");
  }
  return state;
}

}  // namespace quantrail
