#include "quantize/saturation.h"

#include <vector>

namespace quantrail {
namespace {

std::set<std::string, std::less<>> first_convolutions(const Graph& graph) {
  const GraphIndex index(graph);
  std::set<std::string, std::less<>> first;
  std::vector<bool> seen(graph.nodes.size(), false);
  std::vector<std::string> open;
  for (const auto& input : graph.inputs) open.push_back(input.name);
  while (!open.empty()) {
    const std::string value = open.back();
    open.pop_back();
    for (const std::size_t at : index.readers(value)) {
      if (seen[at]) continue;
      seen[at] = true;
      const Node& node = graph.nodes[at];
      if (node.op == "Conv") {
        first.insert(node.name);
      } else {
        open.insert(open.end(), node.outputs.begin(), node.outputs.end());
      }
    }
  }
  return first;
}

}  // namespace

std::set<std::string, std::less<>> saturating_layers(const Graph& graph, const std::string& fix) {
  if (fix == "first_layer" || fix == "measured") return first_convolutions(graph);
  std::set<std::string, std::less<>> all;
  if (fix != "all") return all;
  for (const auto& node : graph.nodes) {
    const bool weighted = node.op == "Conv" || node.op == "Gemm" || node.op == "MatMul";
    if (weighted && constant_input(graph, node, 1) != nullptr) all.insert(node.name);
  }
  return all;
}

}  // namespace quantrail
