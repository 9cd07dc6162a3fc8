#include "model/folding.h"
#include "model/interpret.h"
#include "model/passes.h"

namespace quantrail {
namespace {

bool passes_through(const Graph& graph, const Node& node) {
  if (node.op == "Identity") return true;
  if (node.op != "Dropout" || (node.outputs.size() > 1 && !node.outputs[1].empty())) return false;
  const bool asks = node.inputs.size() > 2 && !node.inputs[2].empty();
  const auto training = constant_input(graph, node, 2);
  return !asks || (training != nullptr && !training->bytes.empty() && training->bytes[0] == std::byte{0});
}

/// Whether the node at `at` could be taken out; its readers and, for a graph output, its producer are renamed.
bool bypass(Graph& graph, const GraphIndex& index, std::size_t at) {
  const std::string in = graph.nodes[at].inputs[0];
  const std::string out = graph.nodes[at].outputs[0];
  if (!index.is_output(out)) {
    rename_reads(graph, out, in);
    return true;
  }
  const auto producer = index.producer(in);
  if (!producer || index.is_output(in)) return false;
  for (auto& name : graph.nodes[*producer].outputs) {
    if (name == in) name = out;
  }
  rename_reads(graph, in, out);
  return true;
}

}  // namespace

void remove_identities(Graph& graph) {
  for (std::size_t at = 0; at < graph.nodes.size();) {
    if (passes_through(graph, graph.nodes[at]) && bypass(graph, GraphIndex(graph), at)) {
      graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

Status fold_constants(Graph& graph, StoredCodesStay stored) {
  Folding folding(graph);
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    const bool stays = stored == StoredCodesStay::Yes && node.op == "DequantizeLinear";
    if (stays || !interpretable(node.op)) continue;
    std::vector<TensorType> known(node.inputs.size());
    std::vector<const TensorType*> types(node.inputs.size(), nullptr);
    std::vector<const Tensor*> constants(node.inputs.size(), nullptr);
    bool all_known = true;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      if (node.inputs[input].empty()) continue;
      const auto value = constant_input(graph, node, input);
      all_known = all_known && value != nullptr;
      if (value == nullptr) continue;
      known[input] = {value->type, value->shape};
      types[input] = &known[input];
      constants[input] = value.get();
    }
    if (!all_known) continue;
    const NodeView view(node, graph.opset, types, constants);
    const auto outputs = output_types(view);
    if (!outputs) return failed(outputs);
    const auto values = folding.folded(view, constants, *outputs);
    if (!values) return failed(values);
    for (std::size_t output = 0; output < values->size(); ++output) {
      if (!node.outputs[output].empty()) graph.constants[node.outputs[output]] = (*values)[output];
    }
    if (!values->empty()) gone.insert(at);
  }
  erase_nodes(graph, gone);
  return {};
}

}  // namespace quantrail
