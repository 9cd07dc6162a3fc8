#include "model/expansion.h"

namespace quantrail {
namespace {

using Nodes = std::optional<std::vector<Node>>;

bool is_single(const Graph& graph, const Node& node, std::size_t input) {
  const auto value = constant_input(graph, node, input);
  return value != nullptr && value->type == ElementType::Float32 && element_count(value->shape) == 1;
}

Nodes expanded_conv(Expansion& e) {
  std::vector<std::string> inputs{e.real({0, 1, 2}), e.real({3, 4, 5}, 0)};
  if (e.has(8)) {
    auto bias = e.bias(8, 1, 4);
    if (!bias) return std::nullopt;
    inputs.push_back(std::move(*bias));
  }
  return e.quantized(e.compute("Conv", std::move(inputs), e.node().attributes), 6, 7);
}

/// Scales by column are one list along the last axis; other forms (by row, by matrix) have no DequantizeLinear.
Nodes expanded_matmul(const Graph& graph, Expansion& e) {
  const auto scale = constant_input(graph, e.node(), 4);
  if (!is_single(graph, e.node(), 1) || scale == nullptr || scale->type != ElementType::Float32 ||
      (scale->shape.size() > 1 && element_count(scale->shape) != 1)) {
    return std::nullopt;
  }
  return e.quantized(e.compute("MatMul", {e.real({0, 1, 2}), e.real({3, 4, 5}, -1)}), 6, 7);
}

Nodes expanded(Graph& graph, Names& names, const Node& node) {
  Expansion e(graph, names, node);
  if (node.op == "QLinearConv" && node.inputs.size() >= 8) return expanded_conv(e);
  if (node.op == "QLinearMatMul" && node.inputs.size() == 8) return expanded_matmul(graph, e);
  return std::nullopt;
}

}  // namespace

void expand_integer_layers(Graph& graph) {
  Names names(graph);
  std::vector<Node> nodes;
  for (auto& node : graph.nodes) {
    auto made = expanded(graph, names, node);
    if (!made) {
      nodes.push_back(std::move(node));
      continue;
    }
    std::move(made->begin(), made->end(), std::back_inserter(nodes));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace quantrail
