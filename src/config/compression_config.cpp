#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/parse.h"
#include "config/value_names.h"

namespace quantrail {
namespace {

constexpr Limits<std::int64_t> kFromOne{1};
constexpr Limits<std::int64_t> kFromZero{0};

std::string parse_target(const Section& section, std::string current) {
  const std::vector<std::string> known{"ANY", "CPU", "CPU_SPR", "GPU", "VPU", "NPU", "GNA", "GNA3", "GNA3.5"};
  const std::string target = section.choice("target_device", std::move(current), known);
  if (target == "ANY" || target == "CPU") return target;
  if (target == "GPU" || target == "CPU_SPR") {
    section.findings().note(fmt::format("{} {} is treated as CPU.", section.path_of("target_device"), target));
    return "CPU";
  }
  section.findings().report(Cause::Unsupported,
                            fmt::format("{}: {} is not supported by this version, allowed are ANY, CPU, GPU",
                                        section.path_of("target_device"), target));
  return "ANY";
}

std::optional<Preset> parse_preset(const Section& section) {
  if (!section.has("preset")) return std::nullopt;
  const std::string name =
      section.choice("preset", "performance", {"performance", "mixed", "accuracy", "symmetric", "asymmetric", "auto"});
  if (name == "performance" || name == "symmetric") return Preset::Performance;
  if (name == "auto") return Preset::Auto;
  if (name != "mixed") {
    section.findings().note(fmt::format("{} \"{}\" is treated as \"mixed\": weights are always symmetric on a CPU.",
                                        section.path_of("preset"), name));
  }
  return Preset::Mixed;
}

std::optional<ModelType> parse_model_type(const Section& section) {
  if (!section.has("model_type")) return std::nullopt;
  const std::string type = section.choice("model_type", "None", {"None", "none", "Transformer", "transformer"});
  return type == "Transformer" || type == "transformer" ? ModelType::Transformer : ModelType::None;
}

QuantizationParams parse_quantization(const Section& params, std::optional<Preset> outer_preset) {
  QuantizationParams out;
  const auto preset = parse_preset(params);
  if (preset && outer_preset && *preset != *outer_preset) params.report("preset", "differs from compression.preset");
  out.preset = preset.value_or(outer_preset.value_or(out.preset));
  out.stat_subset_size = params.optional_integer("stat_subset_size", kFromOne);
  out.shuffle_data = params.flag("shuffle_data", out.shuffle_data);
  out.seed = params.integer("seed", out.seed, kFromZero);
  out.use_fast_bias = params.flag("use_fast_bias", out.use_fast_bias);
  if (params.has("threshold")) out.threshold = params.number("threshold", 0.0, {.least = 0.0});
  out.apply_for_all_nodes = params.flag("apply_for_all_nodes", out.apply_for_all_nodes);
  if (out.apply_for_all_nodes && out.use_fast_bias) {
    params.findings().note(
        fmt::format("{} has no effect with use_fast_bias: a layer that reads its input unquantized "
                    "has no error of its own to correct.",
                    params.path_of("apply_for_all_nodes")));
  }
  out.bias_correction_in_codes = params.flag("bias_correction_in_codes", out.bias_correction_in_codes);
  if (out.bias_correction_in_codes && out.use_fast_bias) {
    params.findings().note(
        fmt::format("{} has no effect with use_fast_bias, which looks at each layer's weights alone.",
                    params.path_of("bias_correction_in_codes")));
  }
  out.saturation_fix = params.choice("saturation_fix", out.saturation_fix, {"measured", "first_layer", "all", "no"});
  if (params.has("ignored")) out.ignored = parse_ignored(params.child("ignored"));
  out.weights = parse_tensor_config(params.child("weights"), true);
  out.activations = parse_tensor_config(params.child("activations"), false);
  if (params.has("range_estimator")) {
    out.range_estimator = parse_range_estimator(params.child("range_estimator"), false);
  }
  out.layerwise_configs = parse_layerwise(params);
  out.channel_alignment = params.flag("channel_alignment", out.channel_alignment);
  if (params.has("equalization")) out.equalization = params.flag("equalization", true);
  if (params.has("smooth_quant_alpha")) {
    out.smooth_quant_alpha =
        params.number("smooth_quant_alpha", 0.5, {.least = 0.0, .most = 1.0, .least_excluded = true});
  }
  out.embeddings = params.flag("embeddings", out.embeddings);
  return out;
}

/// The engine metric that `name` means: by its name, or by its type when that is the only one of this type.
std::string resolved_metric(const Section& target, const std::string& name, const std::vector<MetricSpec>& metrics) {
  std::vector<std::string> names, of_type;
  for (const auto& metric : metrics) {
    names.push_back(metric.name);
    if (metric.type == name) of_type.push_back(metric.name);
  }
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  if (of_type.size() == 1) return of_type.front();
  target.report("name", fmt::format("\"{}\" is not a metric of engine.metrics{}; there are: {}", printable(name),
                                    did_you_mean(name, names), joined(names, ", ")));
  return name;
}

std::vector<MetricTarget> parse_targets(const Section& params, const std::vector<MetricSpec>& metrics) {
  std::vector<MetricTarget> out;
  for (const Section& section : params.children("metrics")) {
    MetricTarget target;
    if (!section.has("name")) section.report("name", "missing: a metric of engine.metrics");
    target.name = resolved_metric(section, section.text("name", ""), metrics);
    if (section.has("baseline_value")) target.baseline_value = section.number("baseline_value", 0.0, {});
    if (section.has("direction")) {
      target.higher_is_better =
          section.choice("direction", "higher-better", {"higher-better", "higher-worse"}) == "higher-better";
    }
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.name == target.name; });
    if (twice) section.report("name", fmt::format("\"{}\" is listed twice", printable(target.name)));
    out.push_back(std::move(target));
  }
  return out;
}

/// One number for all metrics, or one for each in their order.
void parse_maximal_drop(const Section& params, const std::vector<MetricSpec>& metrics, AccuracyAwareParams& out) {
  const Json* found = params.value("maximal_drop");
  if (found == nullptr || found->as<Json::Array>() == nullptr) {
    out.maximal_drop = params.number("maximal_drop", out.maximal_drop, {.least = 0.0});
    return;
  }
  if (out.metrics.empty()) {
    for (const auto& metric : metrics) out.metrics.push_back({.name = metric.name});
  }
  const auto drops = params.numbers("maximal_drop", {.least = 0.0});
  if (drops.size() != out.metrics.size()) {
    params.report("maximal_drop", fmt::format("has {} values for {} metrics: give one for each, or one number for all",
                                              drops.size(), out.metrics.size()));
    return;
  }
  for (std::size_t at = 0; at < drops.size(); ++at) out.metrics[at].maximal_drop = drops[at];
}

/// What has no effect beside what else is asked for.
void note_without_effect(const Section& params, const AccuracyAwareParams& parsed,
                         const QuantizationParams& quantized) {
  const auto note = [&](const char* key, const char* why) {
    params.findings().note(fmt::format("{} has no effect {}.", params.path_of(key), why));
  };
  if (parsed.search == SearchOrder::Bisect && !parsed.use_prev_if_drop_increase) {
    note("use_prev_if_drop_increase", "with search \"bisect\", which takes no steps back");
  }
  const bool all_given = !parsed.metrics.empty() &&
                         std::all_of(parsed.metrics.begin(), parsed.metrics.end(),
                                     [](const MetricTarget& target) { return target.baseline_value.has_value(); });
  if (!all_given && parsed.metric_subset_ratio != AccuracyAwareParams{}.metric_subset_ratio) {
    note("metric_subset_ratio", "unless every metric has a baseline_value: float is measured on all samples otherwise");
  }
  const bool chooses = quantized.preset == Preset::Auto;
  if (parsed.convert_to_mixed_preset && chooses)
    note("convert_to_mixed_preset", "with preset \"auto\", which tries it");
  if (parsed.tune_hyperparams && chooses) note("tune_hyperparams", "with preset \"auto\", which tries ranges itself");
  if (parsed.convert_to_mixed_preset && !chooses && !quantized.symmetric_activations()) {
    note("convert_to_mixed_preset", "where activations are asymmetric already");
  }
  if (quantized.use_fast_bias && parsed.correct_again) {
    note("correct_again", "with use_fast_bias, which looks at each layer's weights alone");
  }
  if (parsed.compatibility == Compatibility::Pot && parsed.ranking_signal != RankingSignal::Auto) {
    note("ranking_signal", "with compatibility \"pot\", which ranks by the metric alone");
  }
}

RankingSignal parse_signal(const Section& params) {
  std::vector<std::string> names;
  for (const auto& [name, signal] : kRankingSignals) names.emplace_back(name);
  const std::string chosen = params.choice("ranking_signal", "auto", names);
  for (const auto& [name, signal] : kRankingSignals) {
    if (name == chosen) return signal;
  }
  return RankingSignal::Auto;
}

AccuracyAwareParams parse_accuracy_aware(const Section& params, const std::vector<MetricSpec>& metrics) {
  AccuracyAwareParams out;
  out.metrics = parse_targets(params, metrics);
  parse_maximal_drop(params, metrics, out);
  const bool relative = params.choice("drop_type", "absolute", {"absolute", "relative"}) == "relative";
  out.drop_type = relative ? DropType::Relative : DropType::Absolute;
  out.max_iter_num = params.optional_integer("max_iter_num", kFromZero);
  out.ranking_subset_size = params.optional_integer("ranking_subset_size", kFromOne);
  out.metric_subset_ratio = params.number("metric_subset_ratio", out.metric_subset_ratio,
                                          {.least = 0.0, .most = 1.0, .least_excluded = true});
  out.use_prev_if_drop_increase = params.flag("use_prev_if_drop_increase", out.use_prev_if_drop_increase);
  out.convert_to_mixed_preset = params.flag("convert_to_mixed_preset", out.convert_to_mixed_preset);
  out.tune_hyperparams = params.flag("tune_hyperparams", out.tune_hyperparams);
  out.revert_mode = params.choice("revert_mode", out.revert_mode, {"full", "compute"});
  const bool bisect = params.choice("search", "one_by_one", {"one_by_one", "bisect"}) == "bisect";
  out.search = bisect ? SearchOrder::Bisect : SearchOrder::OneByOne;
  out.prune = params.flag("prune", out.prune);
  out.start_reverted = params.texts("start_reverted");
  out.ranking_signal = parse_signal(params);
  const bool race = params.choice("ranking_mode", "exact", {"exact", "race"}) == "race";
  out.ranking_mode = race ? RankingMode::Race : RankingMode::Exact;
  out.correct_again = params.flag("correct_again", out.correct_again);
  const bool as_pot = params.choice("compatibility", "none", {"none", "pot"}) == "pot";
  out.compatibility = as_pot ? Compatibility::Pot : Compatibility::None;
  out.annotation_free = params.flag("annotation_free", out.annotation_free);
  out.annotation_conf_threshold =
      params.number("annotation_conf_threshold", out.annotation_conf_threshold, {.least = 0.0, .most = 1.0});
  return out;
}

/// Says what was assumed where the user left it open.
void note_assumptions(const Section& params, const AccuracyAwareParams& parsed,
                      const std::vector<MetricSpec>& metrics) {
  Findings& findings = params.findings();
  if (parsed.metrics.empty() && metrics.size() > 1) {
    findings.note(
        fmt::format("{} is not given: the drops of all of engine.metrics are controlled.", params.path_of("metrics")));
  }
  if (!params.has("maximal_drop")) findings.note(fmt::format("{} is not given: 0.01.", params.path_of("maximal_drop")));
  if (parsed.maximal_drop >= 1.0) {
    findings.note(fmt::format("{} {} allows any drop of a metric that lies between 0 and 1; one point is 0.01.",
                              params.path_of("maximal_drop"), parsed.maximal_drop));
  }
}

void note_unused(const Section& params) {
  for (const auto* key : {"maximal_drop", "drop_type", "max_iter_num", "ranking_subset_size", "metric_subset_ratio",
                          "metrics", "use_prev_if_drop_increase", "convert_to_mixed_preset", "tune_hyperparams",
                          "revert_mode", "search", "prune", "start_reverted", "ranking_signal", "ranking_mode",
                          "correct_again", "compatibility", "annotation_free", "annotation_conf_threshold"}) {
    if (!params.has(key)) continue;
    params.findings().note(
        fmt::format("{} has no effect: it belongs to AccuracyAwareQuantization.", params.path_of(key)));
  }
}

std::string parse_algorithm_name(const Section& algorithm) {
  const std::vector<std::string> served{"DefaultQuantization", "AccuracyAwareQuantization"};
  for (const auto* other : {"MinMaxQuantization", "ActivationChannelAlignment", "FastBiasCorrection", "BiasCorrection",
                            "LayerwiseModelFinetuning", "OverflowCorrection", "TunableQuantization", "RangerAlgorithm",
                            "Ranger", "WeightSparsity", "INT4MixedQuantization"}) {
    if (algorithm.text("name", "") != other) continue;
    algorithm.findings().report(Cause::Unsupported,
                                fmt::format("{}: {} is not supported by this version, allowed are {}",
                                            algorithm.path_of("name"), other, joined(served, ", ")));
    return served.front();
  }
  if (!algorithm.has("name")) algorithm.report("name", fmt::format("missing, allowed are {}", joined(served, ", ")));
  return algorithm.choice("name", served.front(), served);
}

/// What POT lets be written beside the algorithms as well as among their parameters.
struct Outer {
  std::optional<Preset> preset{};
  std::optional<ModelType> model_type{};
};

void parse_algorithm(const Section& algorithm, const Outer& outer, const std::vector<MetricSpec>& metrics,
                     CompressionConfig& out) {
  out.algorithm = parse_algorithm_name(algorithm);
  const Section params = algorithm.child("params");
  if (params.has("target_device")) out.target_device = parse_target(params, out.target_device);
  out.quantization = parse_quantization(params, outer.preset);
  out.quantization.model_type = parse_model_type(params).value_or(outer.model_type.value_or(ModelType::None));
  if (!params.has("preset") && !outer.preset) {
    params.findings().note(fmt::format("{} is not given: performance.", params.path_of("preset")));
  }
  AccuracyAwareParams accuracy_aware = parse_accuracy_aware(params, metrics);
  if (out.algorithm == "AccuracyAwareQuantization") {
    settle_annotation_free(params, metrics, accuracy_aware);
    out.accuracy_aware = accuracy_aware;
    out.quantization.as_pot = accuracy_aware.compatibility == Compatibility::Pot;
    if (out.quantization.as_pot) {
      out.quantization.embeddings = false;
      if (!params.has("saturation_fix")) out.quantization.saturation_fix = "first_layer";
    }
    note_assumptions(params, accuracy_aware, metrics);
    note_without_effect(params, accuracy_aware, out.quantization);
  } else {
    note_unused(params);
  }
}

}  // namespace

CompressionConfig parse_compression(const Section& compression, const std::vector<MetricSpec>& metrics) {
  CompressionConfig out;
  out.target_device = parse_target(compression, out.target_device);
  const Outer outer{parse_preset(compression), parse_model_type(compression)};
  const auto algorithms = compression.children("algorithms");
  if (algorithms.empty()) {
    out.quantization.preset = outer.preset.value_or(out.quantization.preset);
    out.quantization.model_type = outer.model_type.value_or(out.quantization.model_type);
    compression.findings().note("compression.algorithms is not given: DefaultQuantization with its defaults.");
    return out;
  }
  if (algorithms.size() > 1) {
    compression.findings().report(Cause::Unsupported,
                                  fmt::format("{}: found {} algorithms, more than one is not supported by this version "
                                              "(both algorithms include all their steps)",
                                              compression.path_of("algorithms"), algorithms.size()));
  }
  parse_algorithm(algorithms.front(), outer, metrics, out);
  return out;
}

}  // namespace quantrail
