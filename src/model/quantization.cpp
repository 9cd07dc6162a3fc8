#include "model/quantization.h"

#include <nlohmann/json.hpp>

namespace quantrail {
namespace {

using nlohmann::json;

// Raised when the layout below changes; older layouts stay readable.
constexpr int kPlainLayout = 1;
constexpr int kEditedLayout = 2;  // with weight edits or input scalings, which the first one cannot say
constexpr int kTabledLayout = 3;  // with tables, and perhaps edits

json layer_json(const LayerQuantization& layer) {
  if (!layer.weights) return json::object();
  json value{{"axis", layer.weights->axis}, {"scale", layer.weights->scale}};
  if (layer.weights->lowest != WeightParams{}.lowest) value["lowest"] = layer.weights->lowest;
  if (layer.exact_bias) value["exact_bias"] = true;
  return value;
}

LayerQuantization layer_from(const json& value) {
  if (value.empty()) return {};
  WeightParams weights{value.at("axis").get<std::int64_t>(), value.at("scale").get<std::vector<float>>()};
  weights.lowest = value.value("lowest", weights.lowest);
  return {std::move(weights), value.value("exact_bias", false)};
}

void add_edits(const Quantization& q, json& value) {
  json edits = json::object();
  for (const auto& [name, edit] : q.weight_edits) {
    edits[name] = json::array({edit.output_factors, edit.input_factors, edit.bias_shift});
  }
  json scalings = json::array();
  for (const auto& s : q.input_scalings) {
    scalings.push_back(json::array({s.value, s.scaled, s.factors, s.readers}));
    if (s.axes_behind != 0) scalings.back().push_back(s.axes_behind);
  }
  value["weight_edits"] = std::move(edits);
  value["input_scalings"] = std::move(scalings);
}

json to_json(const Quantization& q) {
  json activations = json::object();
  for (const auto& [name, params] : q.activations) activations[name] = json::array({params.scale, params.zero_point});
  json layers = json::object();
  for (const auto& [name, layer] : q.layers) layers[name] = layer_json(layer);
  json groups = json::array();
  for (const auto& group : q.groups) groups.push_back({{"name", group.name}, {"members", group.members}});
  json biases = json::object();
  for (const auto& [name, bias] : q.bias_edits) biases[name] = bias;
  json value{{"layout", kPlainLayout},      {"activations", std::move(activations)},
             {"layers", std::move(layers)}, {"passthrough", q.passthrough},
             {"ignored", q.ignored},        {"bias_edits", std::move(biases)},
             {"groups", std::move(groups)}};
  if (!q.weight_edits.empty() || !q.input_scalings.empty()) {
    value["layout"] = kEditedLayout;
    add_edits(q, value);
  }
  if (!q.tables.empty()) {
    value["layout"] = kTabledLayout;
    json tables = json::object();
    for (const auto& [name, params] : q.tables) tables[name] = json::array({params.axis, params.scale});
    value["tables"] = std::move(tables);
  }
  return value;
}

void read_edits(const json& value, Quantization& q) {
  using Floats = std::vector<float>;
  for (const auto& [name, edit] : value.at("weight_edits").items()) {
    q.weight_edits[name] = {edit.at(0).get<Floats>(), edit.at(1).get<Floats>(), edit.at(2).get<Floats>()};
  }
  for (const auto& s : value.at("input_scalings")) {
    q.input_scalings.push_back({s.at(0).get<std::string>(), s.at(1).get<std::string>(), s.at(2).get<Floats>(),
                                s.at(3).get<std::vector<std::string>>(),
                                s.size() > 4 ? s.at(4).get<std::size_t>() : 0});
  }
}

void read_tables(const json& value, Quantization& q) {
  for (const auto& [name, params] : value.at("tables").items()) {
    q.tables[name] = {params.at(0).get<std::int64_t>(), params.at(1).get<std::vector<float>>()};
  }
}

Quantization from_json(const json& value) {
  Quantization q;
  for (const auto& [name, params] : value.at("activations").items()) {
    q.activations[name] = {params.at(0).get<float>(), params.at(1).get<std::uint8_t>()};
  }
  for (const auto& [name, layer] : value.at("layers").items()) q.layers[name] = layer_from(layer);
  for (const auto& name : value.at("passthrough")) q.passthrough.insert(name.get<std::string>());
  for (const auto& name : value.at("ignored")) q.ignored.insert(name.get<std::string>());
  for (const auto& [name, bias] : value.at("bias_edits").items()) q.bias_edits[name] = bias.get<std::vector<float>>();
  for (const auto& group : value.at("groups")) {
    q.groups.push_back({group.at("name").get<std::string>(), group.at("members").get<std::vector<std::string>>()});
  }
  return q;
}

}  // namespace

std::vector<std::uint8_t> serialised(const Quantization& quantization) { return json::to_cbor(to_json(quantization)); }

Result<Quantization> parsed_quantization(std::span<const std::uint8_t> bytes) {
  try {
    const json value = json::from_cbor(bytes.begin(), bytes.end());
    const int layout = value.at("layout").get<int>();
    if (layout < kPlainLayout || layout > kTabledLayout) {
      return fail(Cause::Storage, "quantization parameters of layout {} are newer than this program ({})", layout,
                  kTabledLayout);
    }
    Quantization q = from_json(value);
    if (value.contains("weight_edits")) read_edits(value, q);
    if (layout == kTabledLayout) read_tables(value, q);
    return q;
  } catch (const json::exception& error) {
    return fail(Cause::Storage, "quantization parameters are damaged: {}", error.what());
  }
}

Digest Quantization::digest() const {
  const auto bytes = serialised(*this);
  return sha256(std::as_bytes(std::span(bytes)));
}

std::string_view name_of(RevertMode mode) { return mode == RevertMode::Full ? "full" : "compute"; }

}  // namespace quantrail
