#include "export/superfluous_activation.h"

#include "model/codes.h"

namespace quantrail {

std::optional<std::size_t> superfluous_activation(const Graph& graph, const GraphIndex& index,
                                                  const Quantization& quantization, const Lowering& lowering,
                                                  std::size_t at) {
  const auto activation = fused_activation(graph, index, at);
  if (!activation) return std::nullopt;
  const Node& node = graph.nodes[*activation];
  const auto params = quantization.activations.find(node.outputs[0]);
  const bool codes_only = lowering.codes.count(node.outputs[0]) != 0 && lowering.raw.count(node.outputs[0]) == 0;
  if (!codes_only || !covered_by_codes(bounds_of(graph, node), params->second)) return std::nullopt;
  return activation;
}

}  // namespace quantrail
