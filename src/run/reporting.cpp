#include "run/reporting.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "model/lowering.h"
#include "model/macs.h"
#include "model/weight_edits.h"
#include "run/keys.h"
#include "run/rebuild.h"
#include "run/result_remarks.h"
#include "run/settings.h"
#include "search/drop.h"

namespace quantrail {
namespace {

/// The layers of `groups`, in that order.
std::vector<std::string> layers_of(const std::vector<std::string>& groups, const Quantization& quantization) {
  std::vector<std::string> layers;
  for (const auto& name : groups) {
    for (const auto& group : quantization.groups) {
      if (group.name == name) layers.insert(layers.end(), group.members.begin(), group.members.end());
    }
  }
  return layers;
}

}  // namespace

Status Reporting::report(const SearchState& state, const KnownQuantization& quantization) {
  if (state.baseline && !baseline_told_) {
    const auto recorded = patiently_([&] { return recorder_.baseline(*state.baseline); });
    if (!recorded) return recorded;
    observer_.on_event(*state.baseline);
    baseline_told_ = true;
    if (const auto noted = note_poor_model(*state.baseline); !noted) return noted;
    if (const auto noted = note_no_room(state); !noted) return noted;
  }
  if (const auto told = report_tried(state); !told) return told;
  while (iterations_.size() < state.trials.size()) {
    if (const auto told = report_iteration(state, quantization); !told) return told;
  }
  if (const auto told = report_optimised(state); !told) return told;
  for (; rankings_told_ < state.rankings.size(); ++rankings_told_) {
    if (const auto told = report_ranking(state); !told) return told;
  }
  return report_estimates(state);
}

Status Reporting::note_no_room(const SearchState& state) {
  if (state.settings.drop_type != DropType::Relative) return {};
  for (const auto& control : state.settings.controlled) {
    const auto value = state.baseline->metrics.find(control.name);
    if (value == state.baseline->metrics.end() || control.maximal_drop == 0.0) continue;
    const std::string remark = no_room_remark(control.name, value->second);
    if (remark.empty()) continue;
    if (const auto noted = note(remark); !noted) return noted;
  }
  return {};
}

// Nothing can get worse than useless, so the run would end well: most likely labels or preprocessing are wrong.
Status Reporting::note_poor_model(const Baseline& baseline) {
  for (const auto& metric : inputs_.metrics) {
    const auto value = baseline.metrics.find(metric->name());
    if (value == baseline.metrics.end()) continue;
    for (const auto& remark :
         {useless_remark(*metric, value->second), chance_remark(*inputs_.validation, *metric, value->second)}) {
      if (remark.empty()) continue;
      if (const auto noted = note(remark); !noted) return noted;
    }
  }
  return {};
}

Status Reporting::report_iteration(const SearchState& state, const KnownQuantization& quantization) {
  auto record = iteration(state, iterations_.size(), quantization);
  if (!record) return failed(record);
  const auto recorded = patiently_([&] { return recorder_.iteration(*record); });
  if (!recorded) return recorded;
  observer_.on_event(*record);
  iterations_.push_back(*std::move(record));
  return iterations_.size() == 1 ? note_gain(iterations_.back()) : Status();
}

// Rounding gains a sample here and there. Where it gains as much as this, accuracy measures something else.
Status Reporting::note_gain(const IterationRecord& record) {
  constexpr double kSuspicious = 0.05;
  const auto is_share = [&](const std::string& name) {
    return std::any_of(inputs_.metrics.begin(), inputs_.metrics.end(), [&](const auto& metric) {
      return metric->name() == name && metric->range().least >= 0.0 && metric->range().most <= 1.0;
    });
  };
  for (const auto& [metric, drop] : record.drops) {
    if (!(drop < -kSuspicious) || !is_share(metric)) continue;
    return note(fmt::format("in int8 the model gains {:.4g} of {} over float: check labels, data and preprocessing",
                            -drop, printable(metric)));
  }
  return {};
}

Status Reporting::report_tried(const SearchState& state) {
  const auto figures = [](const std::string& metric, const Tried& tried) {
    return fmt::format("{} {:.6g}, distance to float {:.3g}", printable(metric), tried.metric, tried.distance);
  };
  const auto told = [&](const char* what, const std::string& metric, const Tried& tried, std::size_t samples) {
    return note(
        fmt::format("{}: {} on {} samples: {}", what, described(tried.variation), samples, figures(metric, tried)));
  };
  if (state.settings.controlled.empty()) return {};
  const std::string& first = state.settings.controlled.front().name;
  for (; recipes_told_ < state.recipes.size(); ++recipes_told_) {
    const auto noted = told("auto", first, state.recipes[recipes_told_], state.settings.recipe_samples.size());
    if (!noted) return noted;
  }
  for (; tunings_told_ < state.tunings.size(); ++tunings_told_) {
    const Tried& tried = state.tunings[tunings_told_];
    if (const auto noted = told("tuning", state.optimised, tried, tried.per_sample.size()); !noted) return noted;
  }
  if (!state.groups || state.recipes.empty() || choice_told_) return {};
  choice_told_ = true;
  const Tried& best = state.recipes[best_of(state.recipes, sign_of(state.settings.higher_is_better.at(first)))];
  return note(fmt::format("auto: chose {} of {} tried ({})", described(best.variation), state.recipes.size(),
                          figures(first, best)));
}

Status Reporting::report_optimised(const SearchState& state) {
  if (!state.settings.accuracy_aware || state.trials.empty() || state.settings.controlled.size() == 1) return {};
  if (state.optimised == optimised_told_) return {};
  optimised_told_ = state.optimised;
  return note(fmt::format("layers are judged by {} from iteration {} on: of all metrics it is furthest from its limit",
                          printable(state.optimised), state.trials.size()));
}

Status Reporting::report_estimates(const SearchState& state) {
  constexpr double kRounding = 1e-12;  // of sums of shares that cancel
  for (; estimates_told_ < state.estimates.size(); ++estimates_told_) {
    const Estimated& estimate = state.estimates[estimates_told_];
    std::vector<std::string> drops;
    for (const auto& [metric, drop] : estimate.drops)
      drops.push_back(fmt::format("{:.4g} of {}", std::abs(drop) < kRounding ? 0.0 : drop, printable(metric)));
    const auto noted =
        note(fmt::format("estimate: the first {} of {} groups in float would drop {}, by {} samples", estimate.groups,
                         state.rankings[0].scores.size(), fmt::join(drops, " and "), state.rankings[0].samples.size()));
    if (!noted) return noted;
  }
  return {};
}

Status Reporting::report_ranking(const SearchState& state) {
  const Ranking& ranking = state.rankings[rankings_told_];
  const RankingRecord record{.index = static_cast<std::int64_t>(rankings_told_),
                             .after_iteration = static_cast<std::int64_t>(ranking.after_trial),
                             .metric = ranking.metric,
                             .subset_size = ranking.samples.size(),
                             .scores = ranking.scores};
  const auto recorded = patiently_([&] { return recorder_.ranking(record); });
  if (recorded) observer_.on_event(record);
  return recorded;
}

Result<SnapshotFacts> Reporting::facts(const KnownQuantization& quantization,
                                       const std::set<std::string, std::less<>>& reverted) const {
  const RevertMode mode = revert_mode_of(inputs_);
  const Digest key = snapshot_key(inputs_, quantization.digest, reverted, mode);
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    if (auto remembered = parsed_snapshot_facts(**known)) return *std::move(remembered);
  }
  const Graph graph = edited(inputs_.graph, quantization.value);
  const auto file = workbench_.exported(quantization.value, reverted);
  if (!file) return failed(file);
  SnapshotFacts made{
      .int8_macs_share = int8_macs_share(graph, lowered(graph, &quantization.value, reverted, mode), macs_),
      .size_bytes = file->bytes.size(),
      .hash = snapshot_hash(*file),
      .float_in_onnxruntime = file->float_in_onnxruntime};
  const auto saved = patiently_([&] { return store_.save_blob(key, "snapshot", serialised(made)); });
  if (!saved) return failed(saved);
  return made;
}

Result<IterationRecord> Reporting::iteration(const SearchState& state, std::size_t at,
                                             const KnownQuantization& quantization) const {
  const Trial& trial = state.trials[at];
  const auto known = facts(quantization, {trial.reverted.begin(), trial.reverted.end()});
  if (!known) return failed(known);
  return IterationRecord{.index = static_cast<std::int64_t>(at),
                         .kind = trial.kind,
                         .changed_layers = layers_of(trial.changed, quantization.value),
                         .reverted_layers = layers_of(trial.reverted, quantization.value),
                         .reverted_groups = trial.reverted,
                         .metrics = trial.metrics,
                         .drops = trial.drops,
                         .drop = trial.drop,
                         .accepted = trial.accepted,
                         .int8_macs_share = known->int8_macs_share,
                         .size_bytes = known->size_bytes,
                         .snapshot_hash = known->hash,
                         .quantization = quantization.digest,
                         .float_in_onnxruntime = known->float_in_onnxruntime,
                         .seconds = trial.seconds};
}

Status Reporting::note(const std::string& text) {
  if (notes_told_.contains(text)) return {};
  const auto recorded = patiently_([&] { return recorder_.note(text); });
  if (!recorded) return recorded;
  notes_told_.insert(text);
  observer_.on_event(Noted{text});
  return {};
}

Status Reporting::finish(const RunResult& result) {
  const auto recorded = patiently_([&] { return recorder_.finished(result); });
  if (recorded) observer_.on_event(result);
  return recorded;
}

}  // namespace quantrail
