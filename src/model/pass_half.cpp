#include <algorithm>

#include "model/half.h"
#include "model/passes.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

constexpr std::int64_t kFloat32Number = 1;  // as ONNX numbers element types

bool names_half(std::int64_t number) {
  const auto type = element_type_numbered(number);
  return type && is_half(*type);
}

std::int64_t number_of_half(ElementType type) { return type == ElementType::Float16 ? 10 : 16; }

void widen_attributes(Node& node) {
  for (auto& [key, value] : node.attributes) {
    if (auto* tensor = std::get_if<TensorPtr>(&value); tensor != nullptr && is_half((*tensor)->type)) {
      value = std::make_shared<const Tensor>(widened(**tensor));
    } else if (key == "to" || key == "dtype") {
      auto* number = std::get_if<std::int64_t>(&value);
      if (number != nullptr && names_half(*number)) *number = kFloat32Number;
    }
  }
}

Node cast(Names& names, const std::string& from, const std::string& to, std::int64_t type) {
  Node node;
  node.name = names.node(to);
  node.op = "Cast";
  node.inputs = {from};
  node.outputs = {to};
  node.attributes["to"] = type;
  return node;
}

void widen_inputs(Graph& graph, Names& names) {
  std::vector<Node> casts;
  for (const auto& input : graph.inputs) {
    if (!is_half(input.type)) continue;
    const auto wide = names.value(input.name + "_float32");
    rename_reads(graph, input.name, wide);
    casts.push_back(cast(names, input.name, wide, kFloat32Number));
  }
  graph.nodes.insert(graph.nodes.begin(), casts.begin(), casts.end());
}

/// What computes the graph output `name` computes `wide` instead; false where an input is the output.
bool rename_source(Graph& graph, const std::string& name, const std::string& wide) {
  if (std::any_of(graph.inputs.begin(), graph.inputs.end(), [&](const auto& input) { return input.name == name; })) {
    return false;
  }
  rename_reads(graph, name, wide);
  if (auto constant = graph.constants.extract(name); !constant.empty()) {
    constant.key() = wide;
    graph.constants.insert(std::move(constant));
  }
  for (auto& node : graph.nodes) std::replace(node.outputs.begin(), node.outputs.end(), name, wide);
  return true;
}

void narrow_outputs(Graph& graph, Names& names) {
  for (const auto& output : graph.outputs) {
    if (!is_half(output.type)) continue;
    const auto wide = names.value(output.name + "_float32");
    if (!rename_source(graph, output.name, wide)) continue;
    graph.nodes.push_back(cast(names, wide, output.name, number_of_half(output.type)));
  }
}

}  // namespace

void widen_halves(Graph& graph) {
  for (auto& [name, value] : graph.constants) {
    if (is_half(value->type)) value = std::make_shared<const Tensor>(widened(*value));
  }
  for (auto& node : graph.nodes) widen_attributes(node);
  Names names(graph);
  widen_inputs(graph, names);
  narrow_outputs(graph, names);
}

void remove_same_casts(Graph& graph, const Probe& probe) {
  bool found = false;
  for (auto& node : graph.nodes) {
    if (node.op != "Cast") continue;
    const auto from = probe.types.find(node.inputs[0]);
    const auto to = element_type_numbered(int_attribute(node, "to", 0));
    if (from == probe.types.end() || !to || from->second != *to) continue;
    node.op = "Identity";
    node.attributes.clear();
    found = true;
  }
  if (found) remove_identities(graph);
}

}  // namespace quantrail
