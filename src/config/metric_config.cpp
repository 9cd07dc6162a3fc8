#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "config/parse.h"
#include "config/paths.h"

namespace quantrail {
namespace {

constexpr std::int64_t kLargestStride = 65535;
constexpr std::int64_t kMostAxes = 8;
constexpr std::int64_t kLargestClass = 1000000;

/// A key that only some types of metric read.
struct MetricKey {
  std::string_view key{};
  std::vector<std::string_view> types{};
};

const std::vector<MetricKey>& metric_keys() {
  static const std::vector<MetricKey> kKeys{{"top_k", {"accuracy"}},  {"threshold", {"accuracy", "f1"}},
                                            {"positive", {"f1"}},     {"peak", {"psnr"}},
                                            {"ignore", {"miou"}},     {"class_axis", {"agreement", "miou"}},
                                            {"run", {"command"}},     {"folder", {"command"}},
                                            {"files", {"command"}},   {"direction", {"command"}},
                                            {"timeout", {"command"}}, {"decode", {"map"}},
                                            {"strides", {"map"}},     {"score_threshold", {"map"}},
                                            {"nms_iou", {"map"}},     {"iou", {"map"}}};
  return kKeys;
}

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Which keys suit the metric, so that none is silently without effect.
void check_metric(const Section& metric, const MetricSpec& spec) {
  const bool known = contains(metric_type_names(), spec.type);
  for (const auto& [key, suited] : metric_keys()) {
    if (known && metric.has(key) && !contains(suited, spec.type))
      metric.report(key, fmt::format("only for metrics of type {}", fmt::join(suited, " and ")));
  }
  if (spec.type == "map" && metric.has("strides") && spec.decode != "yolox")
    metric.report("strides", "only for metrics of type map with decode yolox");
  if (spec.type == "map" && !metric.has("decode"))
    metric.report("decode", "missing: how the output means boxes, allowed are yolox, yolov5, yolov8, boxes");
  if (spec.threshold && spec.top_k > 1) metric.report("top_k", "with a threshold there are two classes: leave it out");
}

void parse_detection(const Section& metric, MetricSpec& out) {
  if (metric.has("decode")) out.decode = metric.choice("decode", "yolox", {"yolox", "yolov5", "yolov8", "boxes"});
  out.strides = metric.integers("strides", out.strides, {1, kLargestStride});
  out.score_threshold = metric.number("score_threshold", out.score_threshold, {0.0, 1.0});
  out.nms_iou = metric.number("nms_iou", out.decode == "boxes" ? 1.0 : out.nms_iou, {0.0, 1.0});
  if (metric.has("iou")) out.iou = metric.number("iou", 0.5, {.least = 0.01, .most = 1.0});
}

/// Where the configuration lies: what is recorded names it from everywhere.
std::filesystem::path whole_folder(const Section& metric, const std::filesystem::path& folder) {
  const auto whole = resolved_path(".", folder);
  if (!whole) {
    metric.report("folder", whole.error().message);
    return folder;
  }
  return whole->has_filename() ? *whole : whole->parent_path();
}

void parse_command(const Section& metric, const std::filesystem::path& folder, MetricSpec& out) {
  constexpr std::int64_t kMinute = 60, kDay = 86400;
  out.run = metric.text("run", "");
  if (out.type != "command") return;
  if (out.run.empty()) metric.report("run", "missing: the command that scores samples");
  out.folder = metric.has("folder") ? parse_path(metric, "folder", folder) : whole_folder(metric, folder);
  for (const auto& file : metric.texts("files")) {
    const auto path = resolved_path(file, folder);
    if (!path) metric.report("files", path.error().message);
    if (path) out.files.push_back(*path);
  }
  out.higher_is_better =
      metric.choice("direction", "higher-better", {"higher-better", "higher-worse"}) == "higher-better";
  out.timeout = std::chrono::seconds(metric.integer("timeout", kMinute, {1, kDay}));
}

MetricSpec parse_metric(const Section& metric, const std::filesystem::path& folder) {
  MetricSpec out;
  out.type = metric.text("type", out.type);
  if (!metric.has("type")) metric.report("type", "missing: what is measured, for example accuracy");
  out.output = metric.integer("output", out.output, {0});
  out.top_k = metric.integer("top_k", out.top_k, {1, kLargestClass});
  if (metric.has("threshold")) out.threshold = metric.number("threshold", 0.0, {});
  out.positive = metric.optional_integer("positive", {0, kLargestClass});
  out.peak = metric.number("peak", out.peak, {.least = 0.0, .least_excluded = true});
  out.ignore = metric.optional_integer("ignore", {});
  out.class_axis = metric.integer("class_axis", out.class_axis, {-kMostAxes, kMostAxes});
  parse_detection(metric, out);
  parse_command(metric, folder, out);
  check_metric(metric, out);
  out.name = metric.text("name", default_name(out));
  if (out.name.empty()) metric.report("name", "found an empty text, a name is needed");
  return out;
}

}  // namespace

bool reads_key(std::string_view metric_type, std::string_view key) {
  const auto found =
      std::find_if(metric_keys().begin(), metric_keys().end(), [&](const auto& k) { return k.key == key; });
  return found != metric_keys().end() && contains(found->types, metric_type);
}

const std::vector<std::string>& metric_type_names() {
  static const std::vector<std::string> kNames{"accuracy", "agreement", "command", "cosine",  "f1",
                                               "mae",      "map",       "miou",    "mse",     "nmse",
                                               "pearson",  "psnr",      "rmse",    "spearman"};
  return kNames;
}

std::string default_name(const MetricSpec& metric) {
  if (metric.type == "accuracy") return fmt::format("accuracy@top{}", metric.top_k);
  if (metric.type == "map" && metric.iou) return fmt::format("map@{:g}", 100.0 * *metric.iou);
  return metric.type;
}

std::vector<MetricSpec> parse_metrics(const Section& engine, const std::filesystem::path& folder) {
  std::vector<MetricSpec> out;
  std::set<std::string> names;
  for (const Section& section : engine.children("metrics")) {
    out.push_back(parse_metric(section, folder));
    if (names.insert(out.back().name).second) continue;
    section.report("name", fmt::format("\"{}\" is the name of two metrics; give one another \"name\"",
                                       printable(out.back().name)));
  }
  return out;
}

}  // namespace quantrail
