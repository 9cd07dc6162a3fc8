#include "runtime/plan_check.h"

#include "model/codes.h"
#include "model/lowering.h"

namespace quantrail::testing {
namespace {

ActivationParams grid_over(std::span<const float> values) {
  float lo = 0.0F;
  float hi = 0.0F;
  for (const float value : values) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  const float scale = hi > lo ? (hi - lo) / 255.0F : 1.0F;
  return {scale, static_cast<std::uint8_t>(std::nearbyint(-lo / scale))};
}

}  // namespace

Quantization quantized(Network& network, const Values& inputs, const std::vector<std::string>& layers,
                       const std::set<std::string>& passthrough) {
  const Graph& graph = network.graph();
  const GraphIndex index(graph);
  Values values = expected_values(graph, {}, inputs);
  for (const auto& [name, tensor] : graph.constants) values[name] = *tensor;
  Quantization q;
  q.passthrough = {passthrough.begin(), passthrough.end()};
  const auto give_grid = [&](const std::string& value) {
    q.activations.emplace(value, grid_over(values.at(value).values<float>()));
  };
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const Node& node = graph.nodes[at];
    if (passthrough.contains(node.name)) q.activations[node.outputs[0]] = q.activations.at(node.inputs[0]);
    if (std::find(layers.begin(), layers.end(), node.name) == layers.end()) continue;
    auto& layer = q.layers[node.name];
    const bool has_weights =
        node.op == "Conv" || node.op == "Gemm" || (node.op == "MatMul" && graph.constants.contains(node.inputs[1]));
    const std::size_t operands = has_weights ? 1 : node.inputs.size();
    for (std::size_t input = 0; input < operands; ++input) give_grid(node.inputs[input]);
    if (has_weights) {
      const Tensor& weights = *graph.constants.at(node.inputs[1]);
      layer.weights = channel_scales(weights, output_channel_axis(node, weights));
    }
    give_grid(graph.nodes[fused_activation(graph, index, at).value_or(at)].outputs[0]);
    q.groups.push_back({node.name, {node.name}});
  }
  return q;
}

}  // namespace quantrail::testing
