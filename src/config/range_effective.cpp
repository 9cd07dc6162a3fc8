#include "config/parse.h"
#include "config/value_names.h"

namespace quantrail {
namespace {

template <class T>
void add(Json::Object& out, const char* key, const std::optional<T>& value) {
  if (value) out.push_back({key, Json{*value}});
}

template <class T, class Table>
void add_name(Json::Object& out, const char* key, const std::optional<T>& value, const Table& table) {
  if (value) out.push_back({key, Json{std::string(name_in(table, *value))}});
}

Json end_json(const EndEstimator& end) {
  Json::Object out;
  add_name(out, "type", end.type, kExtremeTypes);
  add(out, "outlier_prob", end.outlier_prob);
  add_name(out, "aggregator", end.aggregator, kAggregators);
  add(out, "clipping_value", end.clipping_value);
  return Json{std::move(out)};
}

}  // namespace

Json effective_range(const RangeEstimator& range) {
  Json::Object out;
  add_name(out, "preset", range.preset, kRangePresets);
  add(out, "percentile", range.percentile);
  if (range.min != EndEstimator{}) out.push_back({"min", end_json(range.min)});
  if (range.max != EndEstimator{}) out.push_back({"max", end_json(range.max)});
  return Json{std::move(out)};
}

Json effective_tensor(const TensorConfig& tensor) {
  Json::Object out;
  add_name(out, "mode", tensor.symmetric, kModes);
  add_name(out, "granularity", tensor.granularity, kGranularities);
  add(out, "level_low", tensor.level_low);
  add(out, "level_high", tensor.level_high);
  if (tensor.range_estimator) out.push_back({"range_estimator", effective_range(*tensor.range_estimator)});
  return Json{std::move(out)};
}

Json effective_layerwise(const LayerwiseConfigs& configs) {
  Json::Array list;
  if (!configs.empty()) {
    Json::Object names;
    for (const auto& [name, tensor] : configs) names.push_back({name, effective_tensor(tensor)});
    list.push_back(Json{std::move(names)});
  }
  return Json{std::move(list)};
}

}  // namespace quantrail
