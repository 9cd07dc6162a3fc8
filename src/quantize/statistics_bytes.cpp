#include <cstring>

#include <nlohmann/json.hpp>

#include "quantize/statistics.h"

namespace quantrail {
namespace {

using nlohmann::json;

constexpr int kLayout = 3;

json packed(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return json::binary(std::move(bytes));
}

std::vector<float> unpacked(const json& value) {
  const auto& bytes = value.get_binary();
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

json to_json(const ValueStatistics& v) {
  json quantiles = json::array();
  for (const auto& [p, series] : v.quantiles) {
    quantiles.push_back(json::array({p, packed(series.low), packed(series.high), packed(series.abs_high)}));
  }
  const Histogram::Frame frame = v.histogram.frame();
  return {{"min", v.min},
          {"max", v.max},
          {"samples", v.samples},
          {"not_finite", v.not_finite},
          {"elements", v.elements},
          {"minima", packed(v.minima)},
          {"maxima", packed(v.maxima)},
          {"quantiles", std::move(quantiles)},
          {"histogram", {frame.exponent, frame.first, frame.zeros, v.histogram.counts()}},
          {"channel_means", v.channel_means},
          {"channel_magnitudes", packed(v.channel_magnitudes)},
          {"channel_low", packed(v.channel_low)},
          {"channel_high", packed(v.channel_high)}};
}

ValueStatistics from_json(const json& value) {
  ValueStatistics v;
  v.min = value.at("min").get<float>();
  v.max = value.at("max").get<float>();
  v.samples = value.at("samples").get<std::int64_t>();
  v.not_finite = value.at("not_finite").get<std::int64_t>();
  v.elements = value.at("elements").get<std::int64_t>();
  v.minima = unpacked(value.at("minima"));
  v.maxima = unpacked(value.at("maxima"));
  for (const auto& entry : value.at("quantiles")) {
    v.quantiles[entry.at(0).get<double>()] = {unpacked(entry.at(1)), unpacked(entry.at(2)), unpacked(entry.at(3))};
  }
  const json& histogram = value.at("histogram");
  v.histogram = Histogram::restored(
      {histogram.at(0).get<int>(), histogram.at(1).get<std::int64_t>(), histogram.at(2).get<std::int64_t>()},
      histogram.at(3).get<std::vector<std::int64_t>>());
  v.channel_means = value.at("channel_means").get<std::vector<double>>();
  v.channel_magnitudes = unpacked(value.at("channel_magnitudes"));
  v.channel_low = unpacked(value.at("channel_low"));
  v.channel_high = unpacked(value.at("channel_high"));
  return v;
}

}  // namespace

std::vector<std::uint8_t> serialised(const Statistics& statistics) {
  json values = json::object();
  for (const auto& [name, v] : statistics.values) values[name] = to_json(v);
  return json::to_cbor(json{{"layout", kLayout}, {"samples", statistics.samples}, {"values", std::move(values)}});
}

Result<Statistics> parsed_statistics(std::span<const std::uint8_t> bytes) {
  try {
    const json parsed = json::from_cbor(bytes.begin(), bytes.end());
    if (const int layout = parsed.at("layout").get<int>(); layout != kLayout) {
      return fail(Cause::Storage, "calibration statistics of layout {}, where this program reads {}", layout, kLayout);
    }
    Statistics statistics{parsed.at("samples").get<std::int64_t>(), {}};
    for (const auto& [name, v] : parsed.at("values").items()) statistics.values[name] = from_json(v);
    return statistics;
  } catch (const json::exception& error) {
    return fail(Cause::Storage, "calibration statistics are damaged: {}", error.what());
  }
}

}  // namespace quantrail
