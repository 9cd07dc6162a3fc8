#include "config/keys.h"

#include <algorithm>
#include <cassert>

namespace quantrail {
namespace {

KeyRule read(std::string_view name) { return {.name = name}; }
KeyRule object(std::string_view name, std::string_view section) { return {.name = name, .section = section}; }
KeyRule list_of(std::string_view name, std::string_view section) {
  return {.name = name, .section = section, .list = true};
}
KeyRule noted(std::string_view name, std::string_view why) {
  return {.name = name, .use = KeyUse::Noted, .remark = why};
}
KeyRule default_only(std::string_view name, std::string_view accepted, std::string_view instead = {}) {
  return {.name = name, .use = KeyUse::DefaultOnly, .remark = instead, .accepted = accepted};
}
KeyRule refused(std::string_view name, std::string_view instead) {
  return {.name = name, .use = KeyUse::Refused, .remark = instead};
}
KeyRule alias(KeyRule rule) {
  rule.alias = true;
  return rule;
}

constexpr std::string_view kNoTuning = "it belongs to use_layerwise_tuning, which is off";
constexpr std::string_view kOwnData = "describe the data in engine.calibration and engine.validation";
constexpr std::string_view kOwnThreads = "engine.threads sets how many samples are computed at once";
constexpr std::string_view kNoCascade = "it leaves out a network of a cascade, and a run has one network";
constexpr std::string_view kExports = "models are written by the export command";

std::vector<KeyRule> model_keys() {
  return {
      read("model"),
      read("model_name"),
      noted("weights", "an ONNX model names its own weight files"),
      refused("cascade", "give each network its own configuration"),
      noted("output_dir", kExports),
      noted("direct_dump", kExports),
      noted("keep_uncompressed_weights", kExports),
  };
}

std::vector<KeyRule> engine_keys() {
  return {
      object("calibration", "side"),
      object("validation", "side"),
      object("preprocess", "preprocess"),
      list_of("metrics", "metric"),
      read("threads"),
      read("memory_budget_mb"),
      noted("type", "samples are always read as engine.calibration and engine.validation say"),
      noted("device", "networks always run on the CPU"),
      noted("stat_requests_number", kOwnThreads),
      noted("eval_requests_number", kOwnThreads),
      default_only("batch_dim", "0"),
      refused("config", kOwnData),
      refused("launchers", kOwnData),
      refused("datasets", kOwnData),
      refused("module", kOwnData),
      refused("data_source", kOwnData),
      refused("layout", "say it as engine.preprocess.layout"),
      refused("central_fraction", "say it as engine.preprocess.crop"),
  };
}

std::vector<KeyRule> compression_keys() {
  return {
      read("target_device"),
      list_of("algorithms", "algorithm"),
      read("model_type"),
      noted("inplace_statistics", "statistics are always gathered while the network runs"),
      noted("inplase_statistics", "statistics are always gathered while the network runs"),
      noted("dump_intermediate_model", "every iteration of a run is kept and can be exported"),
      alias(read("preset")),
  };
}

std::vector<KeyRule> params_keys() {
  std::vector<KeyRule> keys = {
      // DefaultQuantization
      read("preset"),
      read("stat_subset_size"),
      noted("stat_batch_size", "statistics are taken sample by sample"),
      read("shuffle_data"),
      read("seed"),
      read("use_fast_bias"),
      read("threshold"),
      read("apply_for_all_nodes"),
      read("bias_correction_in_codes"),
      default_only("use_layerwise_tuning", "false"),
      read("saturation_fix"),
      object("ignored", "ignored"),
      object("weights", "tensor"),
      object("activations", "tensor"),
      object("range_estimator", "range_estimator"),
      read("layerwise_configs"),
      // ours
      read("channel_alignment"),
      read("equalization"),
      read("smooth_quant_alpha"),
      read("embeddings"),
      // AccuracyAwareQuantization
      read("maximal_drop"),
      read("drop_type"),
      read("max_iter_num"),
      read("ranking_subset_size"),
      read("metric_subset_ratio"),
      list_of("metrics", "target"),
      read("use_prev_if_drop_increase"),
      default_only("base_algorithm", "\"DefaultQuantization\""),
      read("convert_to_mixed_preset"),
      read("tune_hyperparams"),
      read("annotation_free"),
      read("annotation_conf_threshold"),
      read("revert_mode"),
      read("search"),
      read("prune"),
      read("start_reverted"),
      read("ranking_signal"),
      read("ranking_mode"),
      read("correct_again"),
      read("compatibility"),
  };
  for (const auto* name :
       {"num_samples_for_tuning", "batch_size", "optimizer", "loss", "tuning_iterations", "random_seed",
        "use_ranking_subset", "calibration_indices_pool", "calculate_grads_on_loss_increase_only", "weight_decay"}) {
    keys.push_back(noted(name, kNoTuning));
  }
  // POT's Python interface puts the keys of `compression` here.
  for (const KeyRule& rule : compression_keys()) {
    if (!rule.list && !rule.alias) keys.push_back(alias(rule));
  }
  return keys;
}

std::vector<SectionRule> all_sections() {
  return {
      {"root",
       {noted("$schema", ""), object("model", "model"), object("engine", "engine"),
        object("compression", "compression"), refused("optimizer", "")}},
      {"model", model_keys()},
      {"engine", engine_keys()},
      {"side",
       {object("data", "data"), object("preprocess", "preprocess"), read("limit")},
       "engine.calibration or engine.validation"},
      {"data",
       {read("type"), read("path"), read("arrays"), read("labels"), read("labels_array"), read("samples_array"),
        read("targets"), read("targets_array"), read("root"), read("classes"), read("layout")}},
      {"preprocess",
       {object("resize", "resize"), object("crop", "crop"), read("rounding"), read("channel_order"), read("divide_by"),
        read("mean"), read("std"), read("layout")}},
      {"resize",
       {read("mode"), read("size"), read("width"), read("height"), read("interpolation"), read("antialias"),
        read("align"), read("pad_value")}},
      {"crop", {read("width"), read("height")}},
      {"metric",
       {read("type"), read("name"), read("output"), read("top_k"), read("threshold"), read("positive"), read("peak"),
        read("ignore"), read("class_axis"), read("run"), read("folder"), read("files"), read("direction"),
        read("timeout"), read("decode"), read("strides"), read("score_threshold"), read("nms_iou"), read("iou")},
       "engine.metrics[0]"},
      {"compression", compression_keys()},
      {"algorithm", {read("name"), object("params", "params")}, "compression.algorithms[0]"},
      {"params", params_keys(), "compression.algorithms[0].params"},
      {"tensor",
       {read("bits"), read("mode"), read("granularity"), read("level_low"), read("level_high"),
        object("range_estimator", "range_estimator")},
       "weights or activations"},
      {"range_estimator",
       {read("preset"), read("percentile"), object("min", "end_estimator"), object("max", "end_estimator")}},
      {"end_estimator",
       {read("type"), read("outlier_prob"), read("aggregator"), read("clipping_value"), read("granularity")},
       "range_estimator.min or max"},
      {"ignored", {read("scope"), list_of("operations", "operation"), default_only("skip_model", "false", kNoCascade)}},
      {"operation", {read("type"), read("attributes")}},
      {"target",
       {read("name"), noted("type", "engine.metrics says what a metric computes"), read("baseline_value"),
        read("direction")}},
  };
}

}  // namespace

const KeyRule* SectionRule::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeyRule& rule) { return rule.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::vector<std::string> SectionRule::names() const {
  std::vector<std::string> out;
  for (const auto& rule : keys) out.emplace_back(rule.name);
  return out;
}

std::span<const SectionRule> section_rules() {
  static const std::vector<SectionRule> rules = all_sections();
  return rules;
}

const SectionRule& section_rule(std::string_view name) {
  const auto rules = section_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const SectionRule& rule) { return rule.name == name; });
  assert(found != rules.end());
  return *found;
}

}  // namespace quantrail
