#include "quantize/range_rules.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace quantrail {
namespace {

constexpr double kPercentile = 99.99;

template <class T>
void override_with(std::optional<T>& value, const std::optional<T>& by) {
  if (by) value = by;
}

void override_with(EndEstimator& end, const EndEstimator& by) {
  override_with(end.type, by.type);
  override_with(end.outlier_prob, by.outlier_prob);
  override_with(end.aggregator, by.aggregator);
  override_with(end.clipping_value, by.clipping_value);
}

TensorConfig overridden(TensorConfig config, const TensorConfig& by) {
  override_with(config.symmetric, by.symmetric);
  override_with(config.granularity, by.granularity);
  override_with(config.level_low, by.level_low);
  override_with(config.level_high, by.level_high);
  if (!by.range_estimator) return config;
  RangeEstimator range = config.range_estimator.value_or(RangeEstimator{});
  override_with(range.preset, by.range_estimator->preset);
  override_with(range.percentile, by.range_estimator->percentile);
  override_with(range.min, by.range_estimator->min);
  override_with(range.max, by.range_estimator->max);
  config.range_estimator = range;
  return config;
}

EndRule end_rule(EndRule rule, const EndEstimator& by) {
  rule.type = by.type.value_or(rule.type);
  rule.aggregator = by.aggregator.value_or(rule.aggregator);
  rule.outlier_prob = by.outlier_prob.value_or(rule.outlier_prob);
  rule.clipping_value = by.clipping_value;
  return rule;
}

/// A value that an activation's name in layerwise_configs means, or a layer whose weights it means.
struct Meaning {
  std::string value{};
  std::string layer{};
};

class NameResolver {
 public:
  explicit NameResolver(const Graph& graph) : graph_(graph), index_(graph) {}

  Result<Meaning> meaning(const std::string& name) const {
    if (known_value(name)) return Meaning{.value = name};
    const auto slash = name.rfind("/fq_");
    const auto node = slash == std::string::npos ? std::nullopt : index_.node(std::string_view(name).substr(0, slash));
    const std::string_view role = slash == std::string::npos ? "" : std::string_view(name).substr(slash + 4);
    if (node && role.starts_with("weights_") && constant_input(graph_, graph_.nodes[*node], 1) != nullptr) {
      return Meaning{.layer = graph_.nodes[*node].name};
    }
    if (node && role.starts_with("input_")) {
      const std::string_view digits = role.substr(6);
      std::size_t input = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), input);
      const auto& inputs = graph_.nodes[*node].inputs;
      const bool whole = error == std::errc{} && end == digits.data() + digits.size();
      if (whole && input < inputs.size() && known_value(inputs[input])) return Meaning{.value = inputs[input]};
    }
    return fail(Cause::InvalidInput,
                "layerwise_configs: '{}' is neither an activation of the model, nor LAYER/fq_input_0 or "
                "LAYER/fq_weights_1{}",
                printable(name), did_you_mean(name, known_names()));
  }

 private:
  [[nodiscard]] bool known_value(std::string_view name) const {
    const auto input = [&](const ValueInfo& value) { return value.name == name; };
    return index_.producer(name) || std::any_of(graph_.inputs.begin(), graph_.inputs.end(), input);
  }

  [[nodiscard]] std::vector<std::string> known_names() const {
    std::vector<std::string> names;
    for (const auto& input : graph_.inputs) names.push_back(input.name);
    for (const auto& node : graph_.nodes) {
      names.insert(names.end(), node.outputs.begin(), node.outputs.end());
      if (constant_input(graph_, node, 1) != nullptr) names.push_back(node.name + "/fq_weights_1");
    }
    return names;
  }

  const Graph& graph_;
  GraphIndex index_;
};

}  // namespace

Result<RangeRules> RangeRules::resolved(const QuantizationParams& params, const Graph& graph) {
  RangeRules rules;
  rules.symmetric_ = params.preset == Preset::Performance;
  rules.as_pot_ = params.as_pot;
  rules.activations_ = params.activations;
  rules.weights_ = params.weights;
  if (!rules.activations_.range_estimator) rules.activations_.range_estimator = params.range_estimator;
  // Divergence of distributions is no criterion for weights.
  const bool for_weights = params.range_estimator && params.range_estimator->preset != RangePreset::Entropy;
  if (!rules.weights_.range_estimator && for_weights) rules.weights_.range_estimator = params.range_estimator;
  const NameResolver names(graph);
  for (const auto& [name, config] : params.layerwise_configs) {
    const auto meaning = names.meaning(name);
    if (!meaning) return failed(meaning);
    (meaning->layer.empty() ? rules.by_value_[meaning->value] : rules.by_layer_[meaning->layer]) = config;
  }
  return rules;
}

ActivationRule RangeRules::activation(const std::vector<std::string>& values) const {
  TensorConfig config = activations_;
  for (const auto& value : values) {
    const auto own = by_value_.find(value);
    if (own == by_value_.end()) continue;
    config = overridden(std::move(config), own->second);
    break;
  }
  const RangeEstimator range = config.range_estimator.value_or(RangeEstimator{});
  ActivationRule rule{.symmetric = config.symmetric.value_or(symmetric_),
                      .is_signed = config.level_low.value_or(0) < 0,
                      .may_shift = symmetric_ && !config.symmetric && !config.level_low,
                      .preset = range.preset.value_or(RangePreset::Default),
                      .percentile = range.percentile.value_or(kPercentile)};
  const bool quantile = range.preset == RangePreset::Quantile;
  if (rule.symmetric) {
    rule.min = {.type = ExtremeType::Min, .aggregator = Aggregator::Min};
    rule.max = {.type = quantile ? ExtremeType::AbsQuantile : ExtremeType::AbsMax, .aggregator = Aggregator::Mean};
  } else {
    rule.min = {.type = quantile ? ExtremeType::Quantile : ExtremeType::Min, .aggregator = Aggregator::Mean};
    rule.max = {.type = quantile ? ExtremeType::Quantile : ExtremeType::Max, .aggregator = Aggregator::Mean};
  }
  rule.min = end_rule(rule.min, range.min);
  rule.max = end_rule(rule.max, range.max);
  rule.min.furthest_below = as_pot_ || range.min.aggregator ? 0 : kFewElements;
  rule.max.furthest_below = as_pot_ || range.max.aggregator ? 0 : kFewElements;
  return rule;
}

WeightRule RangeRules::weights(const std::string& layer) const {
  TensorConfig config = weights_;
  if (const auto own = by_layer_.find(layer); own != by_layer_.end()) {
    config = overridden(std::move(config), own->second);
  }
  const RangeEstimator range = config.range_estimator.value_or(RangeEstimator{});
  WeightRule rule{.per_channel = config.granularity != Granularity::PerTensor,
                  .levels = static_cast<std::int32_t>(config.level_high.value_or(127)),
                  .preset = range.preset.value_or(RangePreset::Default),
                  .percentile = range.percentile.value_or(kPercentile)};
  const bool quantile = range.preset == RangePreset::Quantile;
  rule.max = end_rule({.type = quantile ? ExtremeType::AbsQuantile : ExtremeType::AbsMax}, range.max);
  return rule;
}

}  // namespace quantrail
