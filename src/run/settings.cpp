#include "run/settings.h"

#include <algorithm>

#include "base/text.h"
#include "run/samples.h"
#include "run/variations.h"

namespace quantrail {
namespace {

constexpr std::size_t kRankingSubset = 300;

bool is_accuracy_aware(const RunInputs& inputs) { return inputs.compression.algorithm == "AccuracyAwareQuantization"; }

MetricRange range_of(const RunInputs& inputs, const std::string& name) {
  const auto found = std::find_if(inputs.metrics.begin(), inputs.metrics.end(),
                                  [&](const auto& metric) { return metric->name() == name; });
  return found == inputs.metrics.end() ? MetricRange{} : (*found)->range();
}

/// The metric that `target` names, once it is known to have the direction that the user thinks.
Result<MetricControl> control_of(const RunInputs& inputs, const SearchSettings& settings, const MetricTarget& target) {
  const auto direction = settings.higher_is_better.find(target.name);
  if (direction == settings.higher_is_better.end()) {
    std::vector<std::string> known;
    for (const auto& metric : inputs.metrics) known.push_back(metric->name());
    return fail(Cause::InvalidInput,
                "params.metrics of AccuracyAwareQuantization names \"{}\"{}; engine.metrics has {}",
                printable(target.name), did_you_mean(target.name, known), joined(known, ", "));
  }
  if (target.higher_is_better && *target.higher_is_better != direction->second) {
    return fail(Cause::InvalidInput, "params.metrics of AccuracyAwareQuantization: the direction of \"{}\" is {}",
                printable(target.name), direction->second ? "higher-better" : "higher-worse");
  }
  if (const auto possible = range_of(inputs, target.name);
      target.baseline_value && !(*target.baseline_value >= possible.least && *target.baseline_value <= possible.most)) {
    return fail(Cause::InvalidInput,
                "params.metrics of AccuracyAwareQuantization: baseline_value of \"{}\" is {}; allowed is {} to {}",
                printable(target.name), *target.baseline_value, possible.least, possible.most);
  }
  return MetricControl{.name = target.name,
                       .maximal_drop = target.maximal_drop.value_or(inputs.compression.accuracy_aware.maximal_drop),
                       .baseline_value = target.baseline_value};
}

Status controls(const RunInputs& inputs, SearchSettings& settings) {
  if (!inputs.validation || inputs.metrics.empty()) {
    return fail(Cause::InvalidInput,
                "AccuracyAwareQuantization needs engine.validation and at least one of engine.metrics");
  }
  const AccuracyAwareParams& params = inputs.compression.accuracy_aware;
  std::vector<MetricTarget> targets = params.metrics;
  if (targets.empty()) {
    for (const auto& metric : inputs.metrics) targets.push_back({.name = metric->name()});
  }
  settings.controlled.clear();
  for (const auto& target : targets) {
    auto control = control_of(inputs, settings, target);
    if (!control) return failed(control);
    settings.controlled.push_back(*std::move(control));
  }
  // POT measures all where it was not told all.
  const bool all_given = std::all_of(targets.begin(), targets.end(), [](const auto& t) { return t.baseline_value; });
  if (params.compatibility == Compatibility::Pot && !all_given) {
    for (auto& control : settings.controlled) control.baseline_value.reset();
  }
  if (all_given) settings.comparison = comparison_samples(inputs.compression, inputs.validation->size());
  return {};
}

std::size_t ranking_subset_size(const RunInputs& inputs) {
  const auto& asked = inputs.compression.accuracy_aware.ranking_subset_size;
  const std::size_t available = inputs.validation ? inputs.validation->size() : 0;
  return std::min(asked ? static_cast<std::size_t>(*asked) : kRankingSubset, available);
}

}  // namespace

Result<SearchSettings> search_settings(const RunInputs& inputs) {
  SearchSettings settings{.accuracy_aware = is_accuracy_aware(inputs)};
  if (inputs.validation) {
    for (const auto& metric : inputs.metrics) {
      settings.higher_is_better.emplace(metric->name(), metric->higher_is_better());
      if (metric->is_root_of_mean()) settings.roots.insert(metric->name());
    }
    if (!inputs.metrics.empty()) settings.controlled.push_back({.name = inputs.metrics[0]->name()});
  }
  if (inputs.compression.quantization.preset == Preset::Auto) {
    if (settings.controlled.empty()) {
      return fail(Cause::InvalidInput,
                  "preset \"auto\" compares models: it needs engine.validation and engine.metrics");
    }
    settings.recipes = recipe_choices(inputs);
    settings.recipe_samples = recipe_samples(inputs.validation->size());
  }
  settings.rank_only = inputs.rank_only;
  settings.ranking_subset_size = ranking_subset_size(inputs);
  if (inputs.rank_only && settings.controlled.empty()) {
    return fail(Cause::InvalidInput, "ranking compares models: it needs engine.validation and engine.metrics");
  }
  if (!settings.accuracy_aware) return settings;
  if (const auto controlled = controls(inputs, settings); !controlled) return failed(controlled);
  const AccuracyAwareParams& params = inputs.compression.accuracy_aware;
  settings.drop_type = params.drop_type;
  settings.max_iter_num = params.max_iter_num;
  settings.use_prev_if_drop_increase = params.use_prev_if_drop_increase;
  settings.order = params.search;
  settings.prune = params.prune;
  settings.start = params.start_reverted;
  settings.signal = params.ranking_signal;
  settings.mode = params.ranking_mode;
  settings.compatibility = params.compatibility;
  settings.convert_to_mixed =
      params.convert_to_mixed_preset && !settings.recipes && inputs.compression.quantization.symmetric_activations();
  settings.tune_hyperparams = params.tune_hyperparams && !settings.recipes;
  return settings;
}

std::vector<std::string> assumptions(const RunInputs& inputs) {
  std::vector<std::string> notes;
  const auto& compression = inputs.compression;
  if (!compression.quantization.stat_subset_size) {
    notes.push_back(fmt::format("stat_subset_size not given: calibrating on {} of {} samples",
                                calibration_samples(compression.quantization, inputs.calibration->size()).size(),
                                inputs.calibration->size()));
  }
  if (compression.quantization.preset == Preset::Auto) {
    notes.push_back(fmt::format("preset auto: comparing on {} of {} validation samples",
                                recipe_samples(inputs.validation->size()).size(), inputs.validation->size()));
  }
  if (!is_accuracy_aware(inputs)) return notes;
  if (!compression.accuracy_aware.ranking_subset_size) {
    notes.push_back(fmt::format("ranking_subset_size not given: ranking on {} of {} samples",
                                ranking_subset_size(inputs), inputs.validation->size()));
  }
  return notes;
}

RevertMode revert_mode_of(const RunInputs& inputs) {
  return inputs.compression.accuracy_aware.revert_mode == name_of(RevertMode::Compute) ? RevertMode::Compute
                                                                                       : RevertMode::Full;
}

}  // namespace quantrail
