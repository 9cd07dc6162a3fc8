#include <algorithm>

#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

/// The one axis that gives the same result as the matrix at `axis`; nothing when there is none, or none is known.
std::optional<std::int64_t> single_axis(const Probe& probe, const std::string& value, std::int64_t axis) {
  const auto found = probe.shapes.find(value);
  if (axis == -1) return -1;
  if (found == probe.shapes.end()) return std::nullopt;
  const Shape& shape = found->second;
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return axis;  // refused by inference, with the node's name
  if (axis == rank - 1) return -1;
  const bool ones_behind = std::all_of(shape.begin() + axis + 1, shape.end(), [](auto size) { return size == 1; });
  if (probe.exact && axis > 0 && ones_behind) return axis;
  return std::nullopt;
}

}  // namespace

void split_softmax(Graph& graph) {
  const Probe probe = probed(graph);
  Names names(graph);
  std::vector<Node> nodes;
  for (auto& node : graph.nodes) {
    if ((node.op != "Softmax" && node.op != "LogSoftmax" && node.op != "Hardmax") || node.inputs.empty()) {
      nodes.push_back(std::move(node));
      continue;
    }
    const auto axis = int_attribute(node, "axis", 1);
    const std::string in = node.inputs[0];
    const auto single = single_axis(probe, in, axis);
    node.attributes["axis"] = single.value_or(-1);
    if (single) {
      nodes.push_back(std::move(node));
      continue;
    }
    const std::string out = node.outputs[0];
    const std::string matrix = names.value(out + "_matrix_in");
    const std::string result = names.value(out + "_matrix_out");
    const std::string shape = names.value(out + "_shape");
    nodes.push_back({.name = names.node(node.name + "_flatten"),
                     .op = "Flatten",
                     .inputs = {in},
                     .outputs = {matrix},
                     .attributes = {{"axis", axis}}});
    node.inputs[0] = matrix;
    node.outputs[0] = result;
    const std::string name = node.name;
    nodes.push_back(std::move(node));
    nodes.push_back({.name = names.node(name + "_shape"), .op = "Shape", .inputs = {in}, .outputs = {shape}});
    nodes.push_back(
        {.name = names.node(name + "_reshape"), .op = "Reshape", .inputs = {result, shape}, .outputs = {out}});
  }
  graph.nodes = std::move(nodes);
}

}  // namespace quantrail
