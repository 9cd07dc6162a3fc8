// What changed in operators from opset 1 to 7.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

/// BatchNormalization and Dropout said in an attribute whether they train, and by default they did.
Status inference_only(Upgrade&, Node& node) {
  if (int_attribute(node, "is_test", 0) == 0)
    return fail(Cause::Unsupported, "training (is_test = 0) is not supported");
  node.attributes.erase("is_test");
  return {};
}

Status cast(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 6) return {};
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 12> kNames{{{"FLOAT", 1},
                                                                              {"UINT8", 2},
                                                                              {"INT8", 3},
                                                                              {"UINT16", 4},
                                                                              {"INT16", 5},
                                                                              {"INT32", 6},
                                                                              {"INT64", 7},
                                                                              {"BOOL", 9},
                                                                              {"FLOAT16", 10},
                                                                              {"DOUBLE", 11},
                                                                              {"UINT32", 12},
                                                                              {"UINT64", 13}}};
  std::string wanted = string_attribute(node, "to", "");
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](unsigned char c) { return std::toupper(c); });
  const auto* found = std::find_if(kNames.begin(), kNames.end(), [&](const auto& one) { return one.first == wanted; });
  if (found == kNames.end()) return fail(Cause::Unsupported, "element type '{}' is not supported", printable(wanted));
  node.attributes["to"] = found->second;
  return {};
}

Status concat(Upgrade& upgrade, Node& node) {
  if (upgrade.from < 4) node.attributes.emplace("axis", std::int64_t{1});
  return {};
}

Status reshape(Upgrade& upgrade, Node& node) {
  if (upgrade.from < 5) upgrade.list_to_input(node, "shape", 1);
  return {};
}

Status pad(Upgrade&, Node& node) {
  auto old = node.attributes.extract("paddings");
  if (old.empty()) return {};
  old.key() = "pads";
  node.attributes.insert(std::move(old));
  return {};
}

Status split(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 2 || node.inputs.size() < 2 || node.inputs[1].empty()) return {};
  const auto sizes = constant_input(upgrade.graph, node, 1);
  if (sizes == nullptr) return fail(Cause::Unsupported, "its part sizes are computed from data");
  std::vector<std::int64_t> parts;
  if (is_float(sizes->type)) {  // they had the type of the data
    for (const float size : floats_of(*sizes)) {
      if (!(size >= 0.0F && size < 1e9F)) return fail(Cause::InvalidInput, "a part of size {}", size);
      parts.push_back(std::llround(size));
    }
  } else {
    parts = integers_of(*sizes);
  }
  node.inputs[1] = upgrade.integers(node.name + ".split", parts);
  return {};
}

/// Input 0, `tiles` times along `axis`.
Status tile(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 6) return {};
  const auto number = [&](std::size_t input) -> std::optional<std::int64_t> {
    const auto value = constant_input(upgrade.graph, node, input);
    if (value == nullptr || element_count(value->shape) != 1) return std::nullopt;
    return is_float(value->type) ? std::llround(std::clamp(floats_of(*value)[0], -1e6F, 1e6F)) : integers_of(*value)[0];
  };
  const auto tiles = number(1);
  const auto axis = number(2);
  constexpr std::int64_t kMost = 1024;
  if (!tiles || !axis || *tiles < 1 || *tiles > kMost)
    return fail(Cause::Unsupported, "its number of tiles and its axis must be constants, 1 to {} tiles", kMost);
  node.op = "Concat";
  node.inputs.assign(static_cast<std::size_t>(*tiles), std::string(node.inputs[0]));
  node.attributes["axis"] = *axis;
  return {};
}

Status upsample(Upgrade&, Node& node) {
  if (node.attributes.contains("scales")) return {};
  node.attributes["scales"] = std::vector<float>{1.0F, 1.0F, float_attribute(node, "height_scale", 1.0F),
                                                 float_attribute(node, "width_scale", 1.0F)};
  node.attributes.erase("height_scale");
  node.attributes.erase("width_scale");
  return {};
}

/// The norm of LpPool and GlobalLpPool was a float.
Status norm_of_pool(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 2) return {};
  const float norm = float_attribute(node, "p", 2.0F);
  if (norm != std::floor(norm) || norm < 1.0F || norm > 64.0F)
    return fail(Cause::Unsupported, "a norm of {} is not supported", norm);
  node.attributes["p"] = static_cast<std::int64_t>(norm);
  return {};
}

Status forget_broadcast(Upgrade&, Node& node) {
  node.attributes.erase("broadcast");
  return {};
}

Status forget_output_sequence(Upgrade&, Node& node) {
  node.attributes.erase("output_sequence");
  return {};
}

const UpgradeSteps& steps() {
  static const UpgradeSteps kSteps = [] {
    UpgradeSteps all{{"BatchNormalization", inference_only},
                     {"Dropout", inference_only},
                     {"Cast", cast},
                     {"Concat", concat},
                     {"Reshape", reshape},
                     {"Pad", pad},
                     {"Split", split},
                     {"Tile", tile},
                     {"Upsample", upsample},
                     {"LpPool", norm_of_pool},
                     {"GlobalLpPool", norm_of_pool},
                     {"Gemm", forget_broadcast}};
    for (const auto op : {"RNN", "GRU", "LSTM"}) all[op] = forget_output_sequence;
    for (const auto op : {"Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Less", "Greater", "PRelu"})
      all[op] = align_operand;
    return all;
  }();
  return kSteps;
}

}  // namespace

Status leave_first_opsets(Upgrade& upgrade, Node& node) {
  node.attributes.erase("consumed_inputs");
  const auto step = steps().find(node.op);
  return step == steps().end() ? Status{} : step->second(upgrade, node);
}

}  // namespace quantrail
