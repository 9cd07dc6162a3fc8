#include "app/form_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/config.h"

namespace quantrail::app {
namespace {

using nlohmann::json;
using tui::FieldKind;

const std::vector<std::string>& kTypes = data_type_names();
const std::vector<std::string> kLayouts{"", "NHWC", "NCHW"};
const std::vector<std::string> kTruth{"true", "false"};

const std::vector<FieldRule>& rules() {
  static const std::vector<FieldRule> all{
      {"Run",
       "from",
       "settings from",
       FieldKind::Path,
       {},
       "a configuration file, a run's number (its settings), or RUN@IT (begins at its iteration)"},
      {"", "@name", "name", FieldKind::Text, {}, "of the run; empty: the model's name"},
      {"", "@tags", "tags", FieldKind::List, {}, "separated by commas"},
      {"Model and data",
       "model.model",
       "model",
       FieldKind::Path,
       {},
       "the ONNX file, trained, in float; Tab completes"},
      {"", "engine.calibration.data.type", "calibration data", FieldKind::Choice, kTypes,
       "what ranges are measured on needs no labels"},
      {"",
       "engine.calibration.data.path",
       "  path",
       FieldKind::Path,
       {},
       "array, list, annotation file or folder of the calibration samples"},
      {"", "engine.calibration.data.layout", "  stored as", FieldKind::Choice, kLayouts,
       "npy, npz: uint8 images to be preprocessed; default: fed as stored"},
      {"", "engine.calibration.limit", "  first samples only", FieldKind::Text, {}, "0: all"},
      {"", "engine.validation.data.type", "validation data", FieldKind::Choice, kTypes,
       "labelled: what accuracy is measured on"},
      {"",
       "engine.validation.data.path",
       "  path",
       FieldKind::Path,
       {},
       "array, list, annotation file or folder of the validation samples"},
      {"",
       "engine.validation.data.labels",
       "  labels",
       FieldKind::Path,
       {},
       "npy, npz: a .npy file with an integer for each sample"},
      {"", "engine.validation.data.layout", "  stored as", FieldKind::Choice, kLayouts,
       "npy, npz: uint8 images to be preprocessed; default: fed as stored"},
      {"", "engine.validation.limit", "  first samples only", FieldKind::Text, {}, "0: all"},
      {"",
       "engine.calibration.preprocess",
       "preprocess calibration",
       FieldKind::Text,
       {},
       "JSON: resize, crop, channel_order, divide_by, mean, std, layout"},
      {"",
       "engine.validation.preprocess",
       "preprocess validation",
       FieldKind::Text,
       {},
       "JSON: resize, crop, channel_order, divide_by, mean, std, layout"},
      {"",
       "engine.metrics",
       "metrics",
       FieldKind::Text,
       {},
       R"(JSON: [{"type": "accuracy", "top_k": 1}], or type "map" for boxes)"},
      {"Accuracy",
       "compression.algorithms[0].name",
       "algorithm",
       FieldKind::Choice,
       {"AccuracyAwareQuantization", "DefaultQuantization"},
       "quantize, then give layers back to float until the drop is allowed; or quantize alone"},
      {"",
       "compression.algorithms[0].params.maximal_drop",
       "maximal drop",
       FieldKind::Text,
       {},
       "how much worse than float the metric may get: 0.01 is one point of a hundred"},
      {"",
       "compression.algorithms[0].params.drop_type",
       "drop is",
       FieldKind::Choice,
       {"absolute", "relative"},
       "in units of the metric, or as a share of the float model's"},
      {"",
       "compression.algorithms[0].params.search",
       "search",
       FieldKind::Choice,
       {"one_by_one", "bisect"},
       "one layer after the other as POT does, or the shortest sufficient beginning of the ranking, faster"},
      {"", "compression.algorithms[0].params.prune", "prune", FieldKind::Choice, kTruth,
       "once the target is met, put layers back to int8 while it holds"},
      {"",
       "compression.algorithms[0].params.ranking_subset_size",
       "ranking samples",
       FieldKind::Text,
       {},
       "validation samples that layers are ranked on; empty: all, at most 300"},
      {"",
       "compression.algorithms[0].params.ranking_mode",
       "ranking",
       FieldKind::Choice,
       {"exact", "race"},
       "every layer on every sample, or without those that fall behind"},
      {"",
       "compression.algorithms[0].params.max_iter_num",
       "most iterations",
       FieldKind::Text,
       {},
       "models tried after the quantized one; empty: no limit"},
      {"",
       "compression.algorithms[0].params.revert_mode",
       "float layers read",
       FieldKind::Choice,
       {"full", "compute"},
       "full: their inputs unquantized; compute: quantized inputs, which keeps their producers fused"},
      {"Quantization",
       "compression.algorithms[0].params.preset",
       "preset",
       FieldKind::Choice,
       {"performance", "mixed", "auto"},
       "symmetric activations, asymmetric ones, or the best of what is known to matter"},
      {"",
       "compression.algorithms[0].params.stat_subset_size",
       "calibration samples",
       FieldKind::Text,
       {},
       "empty: all, at most 300"},
      {"", "compression.algorithms[0].params.use_fast_bias", "fast bias correction", FieldKind::Choice, kTruth,
       "false: full correction, slower"},
      {"",
       "compression.algorithms[0].params.equalization",
       "equalize channels",
       FieldKind::Choice,
       {"null", "true", "false"},
       "null: in front of depthwise layers that need it"},
      {"",
       "compression.algorithms[0].params.saturation_fix",
       "saturation fix",
       FieldKind::Choice,
       {"first_layer", "all", "no"},
       "layers that keep to half the codes, for CPUs without VNNI"},
      {"",
       "compression.algorithms[0].params.ignored.scope",
       "ignored layers",
       FieldKind::List,
       {},
       "stay float, whatever it costs; separated by commas"},
      {"Machine and start", "engine.threads", "threads", FieldKind::Text, {}, "0: one for each processor"},
      {"", "engine.memory_budget_mb", "memory, MB", FieldKind::Text, {}, "for what the ranking keeps"},
      {"", "@after", "begin after run", FieldKind::Text, {}, "a run's number: wait until it has ended; empty: now"},
      {"", "@at-once", "runs at once", FieldKind::Text, {}, "wait until fewer than so many are at work; empty: do not"},
      {"",
       "@notify",
       "when it ends",
       FieldKind::Text,
       {},
       "a command for the shell, with QUANTRAIL_RUN, _STATE, _OUTCOME, _DROP"},
  };
  return all;
}

/// The value at a dotted path with indices; null where there is none.
const json* at_path(const json& document, std::string_view path) {
  const json* node = &document;
  while (!path.empty()) {
    const auto end = path.find_first_of(".[");
    const std::string name(path.substr(0, end));
    if (!name.empty()) {
      if (!node->is_object() || !node->contains(name)) return nullptr;
      node = &(*node)[name];
    }
    if (end == std::string_view::npos) break;
    if (path[end] == '[') {
      const auto close = path.find(']', end);
      const auto index = static_cast<std::size_t>(path[end + 1] - '0');  // our own paths have one digit
      if (!node->is_array() || index >= node->size()) return nullptr;
      node = &(*node)[index];
      path.remove_prefix(close + 1);
      if (path.starts_with('.')) path.remove_prefix(1);
    } else {
      path.remove_prefix(end + 1);
    }
  }
  return node;
}

std::vector<std::string> entries_of(const std::string& text) {
  std::vector<std::string> entries;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    auto entry = text.substr(at, end - at);
    entry.erase(0, entry.find_first_not_of(' '));
    entry.erase(entry.find_last_not_of(' ') + 1);
    if (!entry.empty()) entries.push_back(std::move(entry));
    at = end + 1;
  }
  return entries;
}

}  // namespace

std::string home_expanded(const std::string& text) {
  const char* home = std::getenv("HOME");
  return home != nullptr && text.starts_with("~/") ? home + text.substr(1) : text;
}

std::string typed_path(const std::string& text) {
  if (text.empty() || text.starts_with("${")) return text;
  std::error_code ignored;
  return std::filesystem::absolute(home_expanded(text), ignored).string();
}

std::span<const FieldRule> new_run_fields() { return rules(); }

const FieldRule* new_run_field(std::string_view key) {
  const auto found =
      std::find_if(rules().begin(), rules().end(), [&](const FieldRule& rule) { return rule.key == key; });
  return found == rules().end() ? nullptr : &*found;
}

std::string override_of(std::string_view key, const std::string& text) {
  const auto* rule = new_run_field(key);
  const bool list = rule != nullptr && rule->kind == FieldKind::List;
  const auto dumped = [](const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); };
  if (list) return fmt::format("{}={}", key, dumped(entries_of(text)));
  if (rule != nullptr && rule->kind == FieldKind::Path && !text.empty())
    return fmt::format("{}={}", key, dumped(typed_path(text)));
  if (rule != nullptr && rule->kind == FieldKind::Path) return fmt::format("{}=null", key);
  if (text.empty() && rule != nullptr && rule->kind == FieldKind::Text) return fmt::format("{}=null", key);
  if (text.empty()) return fmt::format("{}=\"\"", key);
  return fmt::format("{}={}", key, text);
}

std::string field_text(const std::string& config_json, const FieldRule& rule) {
  const json document = json::parse(config_json, nullptr, false);
  const auto* value = at_path(document, rule.key);
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  if (rule.kind == FieldKind::List && value->is_array()) {
    std::string text;
    for (const auto& entry : *value) {
      if (entry.is_string()) text += (text.empty() ? "" : ", ") + entry.get<std::string>();
    }
    return text;
  }
  if (value->is_null()) return rule.kind == FieldKind::Choice ? "null" : "";
  return value->dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace quantrail::app
