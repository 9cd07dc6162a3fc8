#include <vector>

#include "base/text.h"
#include "config/parse.h"
#include "config/value_names.h"

namespace quantrail {
namespace {

template <class Table>
auto chosen(const Section& section, std::string_view key, const Table& table)
    -> std::optional<typename Table::value_type::second_type> {
  if (!section.has(key)) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& entry : table) names.emplace_back(entry.first);
  const std::string name = section.choice(key, names.front(), names);
  for (const auto& [known, value] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

EndEstimator parse_end(const Section& range, const char* key, bool weights) {
  const Section end = range.child(key);
  EndEstimator out;
  out.type = chosen(end, "type", kExtremeTypes);
  const bool lower = out.type == ExtremeType::Min || out.type == ExtremeType::Quantile;
  if (out.type && (key == std::string_view("min") ? !lower : out.type == ExtremeType::Min)) {
    end.report(
        "type",
        fmt::format("\"{}\" is no estimate of this end of a range, allowed are {}", name_in(kExtremeTypes, *out.type),
                    key == std::string_view("min") ? "min, quantile" : "max, abs_max, quantile, abs_quantile"));
  }
  if (end.has("outlier_prob")) {
    out.outlier_prob = end.number("outlier_prob", 1e-4, {.least = 0.0, .most = 0.5, .least_excluded = true});
  }
  out.aggregator = chosen(end, "aggregator", kAggregators);
  if (out.aggregator && weights) {
    end.findings().note(fmt::format("{} has no effect: weights have no samples.", end.path_of("aggregator")));
    out.aggregator.reset();
  }
  // Ranges hold 0, which codes can say exactly.
  const Limits bounds =
      key == std::string_view("min") ? Limits{.most = 0.0} : Limits{.least = 0.0, .least_excluded = true};
  if (end.has("clipping_value")) out.clipping_value = end.number("clipping_value", 0.0, bounds);
  if (chosen(end, "granularity", kGranularities) == Granularity::PerChannel && !weights) {
    end.findings().note(
        fmt::format("{} \"perchannel\" is treated as \"pertensor\": integer kernels of CPUs read "
                    "activations with one scale.",
                    end.path_of("granularity")));
  }
  return out;
}

void check_levels(const Section& tensor, TensorConfig& config, bool weights) {
  if (config.level_low.has_value() != config.level_high.has_value()) {
    tensor.report(config.level_low ? "level_low" : "level_high", "level_low and level_high are given together");
    return;
  }
  if (!config.level_low) return;
  const std::int64_t low = *config.level_low;
  const std::int64_t high = *config.level_high;
  if (weights) {
    if (low == -128 && high == 127) {
      tensor.findings().note(fmt::format("{} -128 is treated as -127: weights' codes are symmetric on a CPU.",
                                         tensor.path_of("level_low")));
      config.level_low = -127;
    } else if (low != -high) {
      tensor.report(
          "level_low",
          fmt::format("levels {} to {}; allowed for weights are -n to n: their codes are symmetric", low, high));
    }
    return;
  }
  const bool allowed = (low == 0 && high == 255) || ((low == -128 || low == -127) && high == 127);
  if (!allowed) {
    tensor.report("level_low", fmt::format("levels {} to {}; allowed for activations are 0 to 255, and -128 or -127 "
                                           "to 127 (signed)",
                                           low, high));
  }
}

}  // namespace

RangeEstimator parse_range_estimator(const Section& section, bool weights) {
  RangeEstimator out;
  out.preset = chosen(section, "preset", kRangePresets);
  const RangePreset preset = out.preset.value_or(RangePreset::Default);
  if (section.has("percentile"))
    out.percentile = section.number("percentile", 99.99, {.least = 50.0, .most = 100.0, .least_excluded = true});
  if (out.percentile && preset != RangePreset::Percentile) {
    section.findings().note(
        fmt::format("{} has no effect: it belongs to preset \"percentile\".", section.path_of("percentile")));
  }
  out.min = parse_end(section, "min", weights);
  out.max = parse_end(section, "max", weights);
  if (weights && preset == RangePreset::Entropy) {
    section.report("preset",
                   "\"entropy\" compares distributions of activations; allowed for weights are default, "
                   "quantile, percentile, mse");
  }
  const bool from_extremes = preset == RangePreset::Default || preset == RangePreset::Quantile;
  for (const auto* end : {"min", "max"}) {
    const EndEstimator& given = end == std::string_view("min") ? out.min : out.max;
    if (from_extremes || !(given.type || given.outlier_prob || given.aggregator)) continue;
    section.report(end, fmt::format("type, outlier_prob and aggregator do not go with preset \"{}\", which chooses the "
                                    "range from the values of all samples",
                                    name_in(kRangePresets, preset)));
  }
  return out;
}

TensorConfig parse_tensor_config(const Section& tensor, bool weights) {
  TensorConfig out;
  if (tensor.integer("bits", 8, {}) != 8) {
    tensor.report("bits", fmt::format("found {}, allowed is 8: integer kernels of CPUs compute on 8 bits",
                                      tensor.integer("bits", 8, {})));
  }
  out.symmetric = chosen(tensor, "mode", kModes);
  if (weights && out.symmetric == false) {
    tensor.findings().note(
        fmt::format("{} \"asymmetric\" is treated as \"symmetric\": integer kernels of CPUs take "
                    "weights without zero points.",
                    tensor.path_of("mode")));
    out.symmetric.reset();
  }
  out.granularity = chosen(tensor, "granularity", kGranularities);
  if (!weights && out.granularity == Granularity::PerChannel) {
    tensor.findings().note(
        fmt::format("{} \"perchannel\" is treated as \"pertensor\": integer kernels of CPUs read "
                    "activations with one scale; equalization has the same effect in front of "
                    "depthwise layers.",
                    tensor.path_of("granularity")));
  }
  if (!weights) out.granularity.reset();
  out.level_low = tensor.optional_integer("level_low", {-128, weights ? -1 : 0});
  out.level_high = tensor.optional_integer("level_high", {1, weights ? 127 : 255});
  check_levels(tensor, out, weights);
  if (tensor.has("range_estimator")) {
    out.range_estimator = parse_range_estimator(tensor.child("range_estimator"), weights);
  }
  return out;
}

bool names_weights(std::string_view name) { return name.find("/fq_weights_") != std::string_view::npos; }

LayerwiseConfigs parse_layerwise(const Section& params) {
  LayerwiseConfigs out;
  const Json* written = params.value("layerwise_configs");
  const auto* list = written == nullptr ? nullptr : written->as<Json::Array>();
  if (written == nullptr) return out;
  if (list == nullptr) {
    params.report_wrong_type("layerwise_configs", "a list of objects");
    return out;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string place = fmt::format("{}[{}]", params.path_of("layerwise_configs"), i);
    const auto* names = (*list)[i].as<Json::Object>();
    if (names == nullptr) {
      params.findings().report(Cause::InvalidInput, fmt::format("{}: found {} ({}), an object is needed", place,
                                                                excerpt((*list)[i]), kind_of((*list)[i])));
      return out;
    }
    for (const auto& [name, value] : *names) {
      const Section tensor(&value, fmt::format("{}.{}", place, printable(name)), "tensor", params.findings());
      out[name] = parse_tensor_config(tensor, names_weights(name));
    }
  }
  return out;
}

}  // namespace quantrail
