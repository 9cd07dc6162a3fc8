#include "model/passes.h"

namespace quantrail {

std::optional<ElementType> type_of(const Probe& probe, const std::string& value) {
  const auto found = probe.types.find(value);
  return found == probe.types.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> rank_of(const Probe& probe, const std::string& value) {
  const auto found = probe.shapes.find(value);
  if (found == probe.shapes.end()) return std::nullopt;
  return found->second.size();
}

Names::Names(const Graph& graph) {
  for (const auto& input : graph.inputs) values_.take(input.name);
  for (const auto& [name, value] : graph.constants) values_.take(name);
  for (const auto& node : graph.nodes) {
    for (const auto& output : node.outputs) values_.take(output);
    nodes_.take(node.name);
    for (const auto& name : node.absorbed) nodes_.take(name);
  }
}

void rename_reads(Graph& graph, const std::string& from, const std::string& to) {
  for (auto& node : graph.nodes) {
    for (auto& input : node.inputs) {
      if (input == from) input = to;
    }
  }
}

void name_sums(Graph& graph) {
  for (auto& node : graph.nodes) {
    if (node.op == "Sum" && node.inputs.size() <= 2) node.op = node.inputs.size() == 2 ? "Add" : "Identity";
  }
}

void absorb(Node& by, const Node& node) {
  by.absorbed.push_back(node.name);
  by.absorbed.insert(by.absorbed.end(), node.absorbed.begin(), node.absorbed.end());
}

std::optional<std::size_t> sole_reader(const Graph& graph, const GraphIndex& index, std::size_t at) {
  const Node& node = graph.nodes[at];
  if (node.outputs.size() != 1 || index.is_output(node.outputs[0])) return std::nullopt;
  const auto& readers = index.readers(node.outputs[0]);
  if (readers.size() != 1) return std::nullopt;
  return readers[0];
}

void erase_nodes(Graph& graph, const std::set<std::size_t>& positions) {
  std::vector<Node> kept;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (!positions.contains(at)) kept.push_back(std::move(graph.nodes[at]));
  }
  graph.nodes = std::move(kept);
}

}  // namespace quantrail
