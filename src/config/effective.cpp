#include <algorithm>
#include <optional>

#include "config/json.h"
#include "config/parse.h"
#include "config/paths.h"
#include "config/value_names.h"

namespace quantrail {
namespace {

Json text(std::string value) { return Json{std::move(value)}; }
Json path_json(const std::filesystem::path& path) { return text(escaped(path.string())); }
Json object(Json::Object members) { return Json{std::move(members)}; }
template <class T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json{*value} : Json{nullptr};
}

std::string preset_name(Preset preset) {
  switch (preset) {
    case Preset::Performance: return "performance";
    case Preset::Mixed: return "mixed";
    case Preset::Auto: return "auto";
  }
  return {};
}

template <class Range, class Convert>
Json list(const Range& values, Convert convert) {
  Json::Array out;
  for (const auto& value : values) out.push_back(convert(value));
  return Json{std::move(out)};
}

Json numbers(const std::vector<double>& values) {
  return list(values, [](double value) { return Json{value}; });
}
Json texts(const std::vector<std::string>& values) {
  return list(values, [](const std::string& value) { return text(value); });
}

std::string name_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::Nearest: return "nearest";
    case Interpolation::Bilinear: return "bilinear";
    case Interpolation::Bicubic: return "bicubic";
  }
  return {};
}

std::string name_of(Rounding rounding) {
  switch (rounding) {
    case Rounding::Nearest: return "nearest";
    case Rounding::Torchvision: return "torchvision";
    case Rounding::Down: return "down";
  }
  return {};
}

Json resize_json(const Preprocess& preprocess) {
  if (preprocess.resize == Preprocess::ResizeMode::None) return Json{nullptr};
  Json::Object out{{"interpolation", text(name_of(preprocess.interpolation))},
                   {"antialias", Json{preprocess.antialias}}};
  if (preprocess.resize == Preprocess::ResizeMode::ShortSide) {
    out.push_back({"mode", text("short_side")});
    out.push_back({"size", Json{preprocess.width}});
  } else {
    const bool letterboxed = preprocess.resize == Preprocess::ResizeMode::Letterbox;
    out.push_back({"mode", text(letterboxed ? "letterbox" : "exact")});
    out.push_back({"width", Json{preprocess.width}});
    out.push_back({"height", Json{preprocess.height}});
    if (letterboxed) {
      out.push_back({"align", text(preprocess.align == Alignment::Center ? "center" : "top_left")});
      out.push_back({"pad_value", Json{preprocess.pad_value}});
    }
  }
  return object(std::move(out));
}

Json preprocess_json(const Preprocess& preprocess) {
  const bool cropped = preprocess.crop_width > 0;
  return object(
      {{"resize", resize_json(preprocess)},
       {"crop", cropped ? object({{"width", Json{preprocess.crop_width}}, {"height", Json{preprocess.crop_height}}})
                        : Json{nullptr}},
       {"rounding", text(name_of(preprocess.rounding))},
       {"channel_order", text(preprocess.channel_order)},
       {"divide_by", Json{preprocess.divide_by}},
       {"mean", numbers(preprocess.mean)},
       {"std", numbers(preprocess.std)},
       {"layout", text(preprocess.layout)}});
}

Json data_json(const DataSpec& data) {
  Json::Object out{{"type", text(data.type)}};
  const auto add_path = [&](const char* key, const std::filesystem::path& path) {
    if (!path.empty()) out.push_back({key, path_json(path)});
  };
  add_path("path", data.path);
  add_path("labels", data.labels);
  add_path("root", data.root);
  add_path("classes", data.classes);
  if (!data.labels_array.empty()) out.push_back({"labels_array", text(data.labels_array)});
  if (!data.samples_array.empty()) out.push_back({"samples_array", text(data.samples_array)});
  add_path("targets", data.targets);
  if (!data.targets_array.empty()) out.push_back({"targets_array", text(data.targets_array)});
  if (data.holds_arrays() && data.type != "test_data_set") out.push_back({"layout", text(data.layout)});
  if (!data.arrays.empty()) {
    Json::Object arrays;
    for (const auto& [input, path] : data.arrays) arrays.push_back({input, path_json(path)});
    out.push_back({"arrays", object(std::move(arrays))});
  }
  return object(std::move(out));
}

Json side_json(const DataConfig& side) {
  Json::Object out{{"data", data_json(side.data)}, {"limit", Json{side.data.limit}}};
  if (side.data.treats_images()) out.push_back({"preprocess", preprocess_json(side.preprocess)});
  return object(std::move(out));
}

Json metric_json(const MetricSpec& metric) {
  Json::Object out{{"type", text(metric.type)}, {"name", text(metric.name)}, {"output", Json{metric.output}}};
  const auto add = [&](const char* key, Json value) {
    if (reads_key(metric.type, key)) out.push_back({key, std::move(value)});
  };
  const auto number = [](const auto& value) { return value ? Json{*value} : Json{nullptr}; };
  add("decode", text(metric.decode));
  add("score_threshold", Json{metric.score_threshold});
  add("nms_iou", Json{metric.nms_iou});
  add("iou", number(metric.iou));
  if (metric.decode == "yolox") add("strides", list(metric.strides, [](std::int64_t stride) { return Json{stride}; }));
  add("run", text(metric.run));
  add("folder", path_json(metric.folder));
  add("files", list(metric.files, path_json));
  add("direction", text(metric.higher_is_better ? "higher-better" : "higher-worse"));
  add("timeout", Json{std::int64_t{metric.timeout.count()}});
  add("top_k", Json{metric.top_k});
  add("threshold", number(metric.threshold));
  add("positive", number(metric.positive));
  add("peak", Json{metric.peak});
  add("ignore", number(metric.ignore));
  add("class_axis", Json{metric.class_axis});
  return object(std::move(out));
}

Json engine_json(const EngineConfig& engine) {
  Json::Object out{{"threads", Json{engine.threads}}, {"memory_budget_mb", Json{engine.memory_budget_mb}}};
  if (engine.calibration) out.push_back({"calibration", side_json(*engine.calibration)});
  if (engine.validation) out.push_back({"validation", side_json(*engine.validation)});
  out.push_back({"metrics", list(engine.metrics, metric_json)});
  return object(std::move(out));
}

Json attribute_json(const AttributeValue& value) {
  struct Visitor {
    Json operator()(std::int64_t one) const { return Json{one}; }
    Json operator()(double one) const { return Json{one}; }
    Json operator()(const std::string& one) const { return text(one); }
    Json operator()(const std::vector<std::int64_t>& all) const {
      return list(all, [](std::int64_t one) { return Json{one}; });
    }
    Json operator()(const std::vector<double>& all) const { return numbers(all); }
    Json operator()(const std::vector<std::string>& all) const { return texts(all); }
  };
  return std::visit(Visitor{}, value);
}

Json operation_json(const IgnoredOperation& operation) {
  Json::Object out{{"type", text(operation.type)}};
  if (operation.attributes.empty()) return object(std::move(out));
  Json::Object attributes;
  for (const auto& [name, value] : operation.attributes) attributes.push_back({name, attribute_json(value)});
  out.push_back({"attributes", object(std::move(attributes))});
  return object(std::move(out));
}

void add_quantization(const QuantizationParams& params, Json::Object& out) {
  const Json operations = list(params.ignored.operations, operation_json);
  out.push_back({"preset", text(preset_name(params.preset))});
  out.push_back({"stat_subset_size", optional_json(params.stat_subset_size)});
  out.push_back({"shuffle_data", Json{params.shuffle_data}});
  out.push_back({"seed", Json{params.seed}});
  out.push_back({"use_fast_bias", Json{params.use_fast_bias}});
  out.push_back({"threshold", optional_json(params.threshold)});
  out.push_back({"apply_for_all_nodes", Json{params.apply_for_all_nodes}});
  out.push_back({"bias_correction_in_codes", Json{params.bias_correction_in_codes}});
  out.push_back({"saturation_fix", text(params.saturation_fix)});
  out.push_back({"ignored", object({{"scope", texts(params.ignored.scope)}, {"operations", operations}})});
  out.push_back({"weights", effective_tensor(params.weights)});
  out.push_back({"activations", effective_tensor(params.activations)});
  out.push_back({"range_estimator", params.range_estimator ? effective_range(*params.range_estimator) : Json{nullptr}});
  out.push_back({"layerwise_configs", effective_layerwise(params.layerwise_configs)});
  out.push_back({"channel_alignment", Json{params.channel_alignment}});
  out.push_back({"equalization", params.equalization ? Json{*params.equalization} : Json{nullptr}});
  out.push_back({"smooth_quant_alpha", optional_json(params.smooth_quant_alpha)});
  out.push_back({"embeddings", Json{params.embeddings}});
}

/// One number, or one for each of the metrics, in their order.
Json maximal_drop_json(const AccuracyAwareParams& params) {
  const bool apart = std::any_of(params.metrics.begin(), params.metrics.end(),
                                 [](const MetricTarget& target) { return target.maximal_drop.has_value(); });
  if (!apart) return Json{params.maximal_drop};
  return list(params.metrics,
              [&](const MetricTarget& target) { return Json{target.maximal_drop.value_or(params.maximal_drop)}; });
}

void add_accuracy_aware(const AccuracyAwareParams& params, Json::Object& out) {
  out.push_back({"maximal_drop", maximal_drop_json(params)});
  out.push_back({"drop_type", text(params.drop_type == DropType::Relative ? "relative" : "absolute")});
  out.push_back({"max_iter_num", optional_json(params.max_iter_num)});
  out.push_back({"ranking_subset_size", optional_json(params.ranking_subset_size)});
  out.push_back({"metric_subset_ratio", Json{params.metric_subset_ratio}});
  out.push_back({"use_prev_if_drop_increase", Json{params.use_prev_if_drop_increase}});
  out.push_back({"convert_to_mixed_preset", Json{params.convert_to_mixed_preset}});
  out.push_back({"tune_hyperparams", Json{params.tune_hyperparams}});
  out.push_back({"revert_mode", text(params.revert_mode)});
  out.push_back({"search", text(params.search == SearchOrder::Bisect ? "bisect" : "one_by_one")});
  out.push_back({"prune", Json{params.prune}});
  out.push_back({"start_reverted", list(params.start_reverted, text)});
  out.push_back({"ranking_signal", text(std::string(name_in(kRankingSignals, params.ranking_signal)))});
  out.push_back({"ranking_mode", text(params.ranking_mode == RankingMode::Race ? "race" : "exact")});
  out.push_back({"correct_again", Json{params.correct_again}});
  out.push_back({"compatibility", text(params.compatibility == Compatibility::Pot ? "pot" : "none")});
  out.push_back({"annotation_free", Json{params.annotation_free}});
  out.push_back({"annotation_conf_threshold", Json{params.annotation_conf_threshold}});
  out.push_back({"metrics", list(params.metrics, [](const MetricTarget& target) {
                   Json::Object entry{{"name", text(target.name)}};
                   if (target.baseline_value) entry.push_back({"baseline_value", Json{*target.baseline_value}});
                   if (target.higher_is_better) {
                     entry.push_back({"direction", text(*target.higher_is_better ? "higher-better" : "higher-worse")});
                   }
                   return object(std::move(entry));
                 })});
}

Json compression_json(const CompressionConfig& compression) {
  Json::Object params;
  add_quantization(compression.quantization, params);
  if (compression.algorithm == "AccuracyAwareQuantization") add_accuracy_aware(compression.accuracy_aware, params);
  Json::Array algorithms{object({{"name", text(compression.algorithm)}, {"params", object(std::move(params))}})};
  const bool transformer = compression.quantization.model_type == ModelType::Transformer;
  return object({{"target_device", text(compression.target_device)},
                 {"model_type", text(transformer ? "transformer" : "None")},
                 {"algorithms", Json{std::move(algorithms)}}});
}

}  // namespace

Result<std::string> effective_text(const Config& config) {
  return canonical_text(
      object({{"model", object({{"model", path_json(config.model)}, {"model_name", text(config.model_name)}})},
              {"engine", engine_json(config.engine)},
              {"compression", compression_json(config.compression)}}));
}

}  // namespace quantrail
