#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/parse.h"

namespace quantrail {
namespace {

constexpr Bounds<std::int64_t> kFromOne{1};
constexpr Bounds<std::int64_t> kFromZero{0};

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
  out.saturation_fix = params.choice("saturation_fix", out.saturation_fix, {"first_layer", "all", "no"});
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
    out.push_back(std::move(target));
  }
  if (out.size() > 1) {
    params.findings().report(Cause::Unsupported,
                             fmt::format("{}: found {} metrics, more than one is not supported by this version",
                                         params.path_of("metrics"), out.size()));
  }
  return out;
}

AccuracyAwareParams parse_accuracy_aware(const Section& params, const std::vector<MetricSpec>& metrics) {
  AccuracyAwareParams out;
  out.maximal_drop = params.number("maximal_drop", out.maximal_drop, {.least = 0.0});
  const bool relative = params.choice("drop_type", "absolute", {"absolute", "relative"}) == "relative";
  out.drop_type = relative ? DropType::Relative : DropType::Absolute;
  out.max_iter_num = params.optional_integer("max_iter_num", kFromZero);
  out.ranking_subset_size = params.optional_integer("ranking_subset_size", kFromOne);
  out.use_prev_if_drop_increase = params.flag("use_prev_if_drop_increase", out.use_prev_if_drop_increase);
  out.metrics = parse_targets(params, metrics);
  out.revert_mode = params.choice("revert_mode", out.revert_mode, {"full", "compute"});
  const bool bisect = params.choice("search", "one_by_one", {"one_by_one", "bisect"}) == "bisect";
  out.search = bisect ? SearchOrder::Bisect : SearchOrder::OneByOne;
  out.prune = params.flag("prune", out.prune);
  out.annotation_free = params.flag("annotation_free", out.annotation_free);
  out.annotation_conf_threshold =
      params.number("annotation_conf_threshold", out.annotation_conf_threshold, {.least = 0.0, .most = 1.0});
  if (bisect && params.has("use_prev_if_drop_increase")) {
    params.findings().note(fmt::format("{} has no effect with search \"bisect\", which takes no steps back.",
                                       params.path_of("use_prev_if_drop_increase")));
  }
  return out;
}

/// Says what was assumed where the user left it open.
void note_assumptions(const Section& params, const AccuracyAwareParams& parsed,
                      const std::vector<MetricSpec>& metrics) {
  Findings& findings = params.findings();
  if (parsed.metrics.empty() && metrics.size() > 1) {
    findings.note(
        fmt::format("{} is not given: the drop of {} is controlled.", params.path_of("metrics"), metrics.front().name));
  }
  if (!params.has("maximal_drop")) findings.note(fmt::format("{} is not given: 0.01.", params.path_of("maximal_drop")));
  if (parsed.maximal_drop >= 1.0) {
    findings.note(fmt::format("{} {} allows any drop of a metric that lies between 0 and 1; one point is 0.01.",
                              params.path_of("maximal_drop"), parsed.maximal_drop));
  }
}

void note_unused(const Section& params) {
  for (const auto* key :
       {"maximal_drop", "drop_type", "max_iter_num", "ranking_subset_size", "metrics", "use_prev_if_drop_increase",
        "revert_mode", "search", "prune", "annotation_free", "annotation_conf_threshold"}) {
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
    note_assumptions(params, accuracy_aware, metrics);
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
