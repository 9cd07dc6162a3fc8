// What follows from an answer: the second half of search.h.
#include <algorithm>
#include <cassert>
#include <utility>

#include "base/mean.h"
#include "search/drop.h"
#include "search/guess.h"
#include "search/pot_steps.h"
#include "search/requirements.h"
#include "search/search.h"
#include "search/state.h"
#include "search/step.h"

namespace quantrail {
namespace {

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

/// Since steps are judged by the metric that they are judged by.
double best_accepted_drop(const SearchState& state) {
  double best = state.trials[state.judged_from].drops.at(state.optimised);
  for (std::size_t at = state.judged_from; at < state.trials.size(); ++at) {
    if (state.trials[at].accepted) best = std::min(best, state.trials[at].drops.at(state.optimised));
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
    state.judged_from = state.trials.size();
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
    state.base = state.judged_from = state.trials.size();
    state.base_values = values;
    if (state.settings.accuracy_aware) {
      const auto choose = as_pot(state) ? furthest_out_as_pot : furthest_out;
      state.optimised = choose(controlled_names(state), *state.baseline, trial.drops);
      state.reference = trial.drops.at(state.optimised);
    }
  }
  state.trials.push_back(std::move(trial));
}

/// Groups that were given: the search goes on from them, whatever they did.
void take_start(SearchState& state, Trial trial, const SampleValues& values) {
  const auto choose = as_pot(state) ? furthest_out_as_pot : furthest_out;
  state.optimised = choose(controlled_names(state), *state.baseline, trial.drops);
  state.reference = trial.drops.at(state.optimised);
  state.base = state.judged_from = state.trials.size();
  state.base_values = values;
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

void take(SearchState& state, const Estimate& request, const Evaluation& answer) {
  state.estimates.push_back(
      {.groups = beyond_base(state, request.reverted).size(), .drops = estimated_drops(state, answer.per_sample)});
}

void learn(SearchState& state, const Trial& probe, const SampleValues& values) {
  SampleValues seen;
  for (const auto& metric : controlled_names(state)) {
    for (const auto sample : state.rankings[0].samples) seen[metric].push_back(values.at(metric)[sample]);
  }
  state.checked.push_back(
      {.estimated = {beyond_base(state, probe.reverted).size(), estimated_drops(state, seen)}, .drops = probe.drops});
}

void take(SearchState& state, const Evaluate& request, const Evaluation& answer) {
  Trial trial = trial_of(state, answer);
  if (request.reverted.empty()) return take_unreverted(state, std::move(trial), answer.per_sample);
  trial.reverted = request.reverted;
  auto [kind, changed] = step_of(state, request);
  trial.kind = kind;
  trial.changed = std::move(changed);
  if (!waiting_start(state).empty()) return take_start(state, std::move(trial), answer.per_sample);
  if (kind == IterationKind::Revert) {
    return as_pot(state) ? judge_as_pot(state, std::move(trial), answer.per_sample)
                         : judge(state, std::move(trial), answer.per_sample);
  }
  if (kind == IterationKind::Probe && worth_estimating(state)) learn(state, trial, answer.per_sample);
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

Aggregate aggregate_in(const SearchState& state) {
  return state.settings.roots.contains(state.optimised) ? Aggregate::RootOfMean : Aggregate::Mean;
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
    score.score = metric_of(mean_of<double>(runner.values), aggregate_in(state));
    score.distance = mean_of<double>(runner.distances);
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
  drop_behind(state.race->runners, state.settings.signal, aggregate_in(state));
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

SearchState after(SearchState state, const Answer& answer) {
  switch (const Request request = next(state); request.index()) {
    case 0: take(state, std::get<EvaluateFloat>(request), std::get<Evaluation>(answer)); break;
    case 1: take(state, std::get<Quantize>(request), std::get<Quantized>(answer)); break;
    case 2: take(state, std::get<Evaluate>(request), std::get<Evaluation>(answer)); break;
    case 3: take(state, std::get<Rank>(request), std::get<Ranked>(answer)); break;
    case 4: take(state, std::get<Try>(request), std::get<Evaluation>(answer)); break;
    case 5: take(state, std::get<Estimate>(request), std::get<Evaluation>(answer)); break;
    default: assert(false && "a search that is done takes no answer");
  }
  return state;
}

}  // namespace quantrail
