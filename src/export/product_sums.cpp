#include "export/product_sums.h"

#include <algorithm>

#include "model/probe.h"

namespace quantrail {
namespace {

/// A MatMul on codes, and the Add that is all that reads its float result.
struct Candidate {
  std::size_t product = 0;
  std::size_t add = 0;
};

std::vector<Candidate> candidates(const Graph& graph, const GraphIndex& index, const Lowering& lowering) {
  std::vector<Candidate> found;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    if (node.op != "MatMul" || !lowering.nodes[at].integer) continue;
    const auto& result = node.outputs[0];
    const auto& readers = index.readers(result);
    if (lowering.codes.count(result) != 0 || index.is_output(result) || readers.size() != 1) continue;
    const Node& reader = graph.nodes[readers[0]];
    if (reader.op == "Add" && reader.inputs[0] != reader.inputs[1]) found.push_back({at, readers[0]});
  }
  return found;
}

bool all_sizes_declared(const Graph& graph) {
  return std::all_of(graph.inputs.begin(), graph.inputs.end(), [](const ValueInfo& input) {
    return std::find(input.shape.begin(), input.shape.end(), -1) == input.shape.end();
  });
}

class Judge {
 public:
  explicit Judge(const Graph& graph) : graph_(graph), probe_(probed(graph)) {}

  /// Or of a Gemm in integers, which rounds the addend.
  [[nodiscard]] bool becomes_gemm(const Candidate& candidate) const {
    const Node& product = graph_.nodes[candidate.product];
    const Node& add = graph_.nodes[candidate.add];
    const auto& other = add.inputs[add.inputs[0] == product.outputs[0] ? 1 : 0];
    const auto rows = probe_.shapes.find(product.inputs[0]);
    const auto addend = probe_.shapes.find(other);
    if (rows == probe_.shapes.end() || addend == probe_.shapes.end()) return false;
    const std::size_t rank = addend->second.size();
    if (rows->second.size() == 2) return (rank == 1 || rank == 2) && element_count(addend->second) != 1;
    return rank == 1 && graph_.constants.count(other) != 0 && all_sizes_declared(graph_);
  }

 private:
  const Graph& graph_;
  Probe probe_;
};

}  // namespace

std::set<std::size_t> product_sums(const Graph& graph, const GraphIndex& index, const Lowering& lowering) {
  std::set<std::size_t> sums;
  const auto all = candidates(graph, index, lowering);
  if (all.empty()) return sums;
  const Judge judge(graph);
  for (const auto& candidate : all) {
    if (judge.becomes_gemm(candidate)) sums.insert(candidate.add);
  }
  return sums;
}

}  // namespace quantrail
