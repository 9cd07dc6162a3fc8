#include <algorithm>
#include <cmath>

#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

Status axes_to_input(Upgrade& upgrade, Node& node) {
  upgrade.list_to_input(node, "axes", 1);
  return {};
}

Status split(Upgrade& upgrade, Node& node) {
  upgrade.list_to_input(node, "split", 1);
  return {};
}

Status slice(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 10) return {};
  upgrade.list_to_input(node, "starts", 1);
  upgrade.list_to_input(node, "ends", 2);
  upgrade.list_to_input(node, "axes", 3);
  return {};
}

Status clip(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 11) return {};
  std::size_t input = 1;
  for (const auto key : {"min", "max"}) {
    if (node.attributes.contains(key)) {
      set_input(node, input, upgrade.scalar(fmt::format("{}.{}", node.name, key), float_attribute(node, key, 0.0F)));
      node.attributes.erase(key);
    }
    ++input;
  }
  return {};
}

Status pad(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 11) return {};
  upgrade.list_to_input(node, "pads", 1);
  const float value = float_attribute(node, "value", 0.0F);
  node.attributes.erase("value");
  if (value != 0.0F) set_input(node, 2, upgrade.scalar(node.name + ".value", value));
  return {};
}

Status dropout(Upgrade&, Node& node) {
  node.attributes.erase("ratio");
  return {};
}

/// BatchNormalization with statistics of each element becomes a Mul and an Add.
Status normalise_elements(Upgrade& upgrade, Node& node) {
  std::vector<TensorPtr> of;  // scale, bias, mean, variance
  for (std::size_t input = 1; input < 5; ++input) {
    of.push_back(constant_input(upgrade.graph, node, input));
    if (of.back() == nullptr || of.back()->type != ElementType::Float32 || of.back()->shape != of.front()->shape)
      return fail(Cause::Unsupported,
                  "statistics per element (spatial = 0) are supported as float32 constants of one shape alone");
  }
  const auto number = [&](std::size_t which, std::size_t at) {
    return static_cast<double>(of[which]->values<float>()[at]);
  };
  const auto epsilon = static_cast<double>(float_attribute(node, "epsilon", 1e-5F));
  Tensor factor = *of[0];
  Tensor offset = *of[1];
  for (std::size_t at = 0; at < factor.values<float>().size(); ++at) {
    const double by = number(0, at) / std::sqrt(number(3, at) + epsilon);
    factor.values<float>()[at] = static_cast<float>(by);
    offset.values<float>()[at] = static_cast<float>(number(1, at) - number(2, at) * by);
  }
  const auto added = [&](const std::string& name, Tensor values) {
    const auto free = upgrade.names.value(node.name + name);
    upgrade.graph.constants[free] = std::make_shared<const Tensor>(std::move(values));
    return free;
  };
  upgrade.before.push_back({.name = upgrade.names.node(node.name + "_Mul"),
                            .op = "Mul",
                            .inputs = {node.inputs[0], added(".factor", std::move(factor))},
                            .outputs = {upgrade.names.value(node.name + "_Mul_output")}});
  node.op = "Add";
  node.attributes.clear();
  node.inputs = {upgrade.before.back().outputs[0], added(".offset", std::move(offset))};
  return {};
}

Status batch_normalization(Upgrade& upgrade, Node& node) {
  const bool per_element = int_attribute(node, "spatial", 1) == 0;
  node.attributes.erase("spatial");
  // Some exporters list the outputs that only training has.
  const GraphIndex index(upgrade.graph);
  while (node.outputs.size() > 1 && index.readers(node.outputs.back()).empty() &&
         !index.is_output(node.outputs.back())) {
    node.outputs.pop_back();
  }
  return per_element ? normalise_elements(upgrade, node) : Status{};
}

/// How opset 10 finds the nearest element in ONNX Runtime: the one below, or the one above where an axis shrinks.
/// Scales that are not constant are taken to enlarge. Errors: Unsupported where axes differ.
Result<std::string> nearest_of_opset_10(const Upgrade& upgrade, const Node& node) {
  const auto scales = constant_input(upgrade.graph, node, 2);
  if (scales == nullptr || scales->type != ElementType::Float32) return "floor";
  const auto values = scales->values<float>();
  const bool shrinks = std::any_of(values.begin(), values.end(), [](float scale) { return scale < 1.0F; });
  const bool grows = std::any_of(values.begin(), values.end(), [](float scale) { return scale > 1.0F; });
  if (shrinks && grows && string_attribute(node, "mode", "nearest") == "nearest")
    return fail(Cause::Unsupported, "enlarging some axes and shrinking others to the nearest element is not supported");
  return shrinks ? "ceil" : "floor";
}

/// Upsample, and Resize as it was in opset 10: pixel corners at zero.
Status resize(Upgrade& upgrade, Node& node) {
  if (node.op == "Resize" && upgrade.from >= 11) {
    for (std::size_t input = 1; input < std::min<std::size_t>(node.inputs.size(), 3); ++input) {
      const auto value = constant_input(upgrade.graph, node, input);
      if (value != nullptr && value->bytes.empty()) node.inputs[input].clear();
    }
    return {};
  }
  node.op = "Resize";
  std::string scales = node.inputs.size() > 1 ? node.inputs[1] : std::string();
  if (const auto found = node.attributes.find("scales"); found != node.attributes.end()) {
    const auto* values = std::get_if<std::vector<float>>(&found->second);
    if (values == nullptr) return fail(Cause::InvalidInput, "its scales must be floats");
    scales = upgrade.floats(node.name + ".scales", *values);
    node.attributes.erase("scales");
  }
  node.inputs.resize(1);
  set_input(node, 2, std::move(scales));
  if (string_attribute(node, "mode", "nearest") == "bilinear") node.attributes["mode"] = std::string("linear");
  node.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
  auto nearest = nearest_of_opset_10(upgrade, node);
  if (!nearest) return failed(nearest);
  node.attributes["nearest_mode"] = std::move(*nearest);
  return {};
}

Status top_k(Upgrade& upgrade, Node& node) {
  if (upgrade.from >= 10 || !node.attributes.contains("k")) return {};
  set_input(node, 1, upgrade.integers(node.name + ".k", {int_attribute(node, "k", 0)}));
  node.attributes.erase("k");
  return {};
}

Status scatter(Upgrade&, Node& node) {
  node.op = "ScatterElements";
  return {};
}

const UpgradeSteps& steps() {
  static const UpgradeSteps kSteps{{"Squeeze", axes_to_input},
                                   {"Unsqueeze", axes_to_input},
                                   {"ReduceSum", axes_to_input},
                                   {"Split", split},
                                   {"Slice", slice},
                                   {"Clip", clip},
                                   {"Pad", pad},
                                   {"Dropout", dropout},
                                   {"BatchNormalization", batch_normalization},
                                   {"TopK", top_k},
                                   {"Scatter", scatter},
                                   {"Upsample", resize},
                                   {"Resize", resize}};
  return kSteps;
}

}  // namespace

void set_input(Node& node, std::size_t input, std::string value) {
  if (node.inputs.size() <= input) node.inputs.resize(input + 1);
  node.inputs[input] = std::move(value);
}

void Upgrade::list_to_input(Node& node, const std::string& key, std::size_t input) {
  const auto values = ints_attribute(node, key, {});
  if (!node.attributes.contains(key)) return;
  set_input(node, input, integers(node.name + "." + key, values));
  node.attributes.erase(key);
}

std::string Upgrade::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  const auto free = names.value(name);
  graph.constants[free] = std::make_shared<const Tensor>(
      Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, std::span(values)));
  return free;
}

std::string Upgrade::floats(const std::string& name, const std::vector<float>& values) {
  const auto free = names.value(name);
  graph.constants[free] =
      std::make_shared<const Tensor>(Tensor::of<float>({static_cast<std::int64_t>(values.size())}, std::span(values)));
  return free;
}

std::string Upgrade::scalar(const std::string& name, float value) {
  const auto free = names.value(name);
  graph.constants[free] = std::make_shared<const Tensor>(Tensor::of<float>({}, std::span(&value, 1)));
  return free;
}

Status move_attributes(Upgrade& upgrade, Node& node) {
  const auto step = steps().find(node.op);
  return step == steps().end() ? Status{} : step->second(upgrade, node);
}

}  // namespace quantrail
