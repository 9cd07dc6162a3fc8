#include "run/settings.h"

#include <algorithm>

#include "base/text.h"
#include "run/recipes.h"
#include "run/samples.h"

namespace quantrail {
namespace {

constexpr std::size_t kRankingSubset = 300;

bool is_accuracy_aware(const RunInputs& inputs) { return inputs.compression.algorithm == "AccuracyAwareQuantization"; }

Status controls(const RunInputs& inputs, SearchSettings& settings) {
  if (!inputs.validation || inputs.metrics.empty()) {
    return fail(Cause::InvalidInput,
                "AccuracyAwareQuantization needs engine.validation and at least one of engine.metrics");
  }
  const auto& targets = inputs.compression.accuracy_aware.metrics;
  if (targets.empty()) return {};
  if (targets.size() > 1) {
    return fail(Cause::Unsupported,
                "params.metrics of AccuracyAwareQuantization has {} entries; this version controls one",
                targets.size());
  }
  if (!settings.higher_is_better.contains(targets[0].name)) {
    std::vector<std::string> known;
    for (const auto& metric : inputs.metrics) known.push_back(metric->name());
    return fail(Cause::InvalidInput,
                "params.metrics of AccuracyAwareQuantization names \"{}\"{}; engine.metrics has {}",
                printable(targets[0].name), did_you_mean(targets[0].name, known), joined(known, ", "));
  }
  settings.metric = targets[0].name;
  settings.baseline_value = targets[0].baseline_value;
  return {};
}

std::size_t ranking_subset_size(const RunInputs& inputs) {
  const auto& asked = inputs.compression.accuracy_aware.ranking_subset_size;
  return std::min(asked ? static_cast<std::size_t>(*asked) : kRankingSubset, inputs.validation->size());
}

}  // namespace

Result<SearchSettings> search_settings(const RunInputs& inputs) {
  SearchSettings settings{.accuracy_aware = is_accuracy_aware(inputs)};
  if (inputs.validation) {
    for (const auto& metric : inputs.metrics)
      settings.higher_is_better.emplace(metric->name(), metric->higher_is_better());
    if (!inputs.metrics.empty()) settings.metric = inputs.metrics[0]->name();
  }
  if (inputs.compression.quantization.preset == Preset::Auto) {
    if (settings.metric.empty()) {
      return fail(Cause::InvalidInput,
                  "preset \"auto\" compares models: it needs engine.validation and engine.metrics");
    }
    settings.recipes = recipe_choices(inputs);
    settings.recipe_samples = recipe_samples(inputs.validation->size());
  }
  if (!settings.accuracy_aware) return settings;
  if (const auto controlled = controls(inputs, settings); !controlled) return failed(controlled);
  const AccuracyAwareParams& params = inputs.compression.accuracy_aware;
  settings.maximal_drop = params.maximal_drop;
  settings.drop_type = params.drop_type;
  settings.max_iter_num = params.max_iter_num;
  settings.ranking_subset_size = ranking_subset_size(inputs);
  settings.use_prev_if_drop_increase = params.use_prev_if_drop_increase;
  settings.order = params.search;
  settings.prune = params.prune;
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
  if (compression.accuracy_aware.metrics.empty() && inputs.metrics.size() > 1) {
    notes.push_back(fmt::format("params.metrics not given: controlling \"{}\", the first of engine.metrics",
                                printable(inputs.metrics[0]->name())));
  }
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
