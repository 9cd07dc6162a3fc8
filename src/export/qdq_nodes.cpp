#include "export/qdq_nodes.h"

namespace quantrail {

QdqNodes::QdqNodes(const Graph& graph)
    : names_(graph), out_{graph.name, graph.opset, graph.inputs, graph.outputs, graph.constants, {}} {}

void QdqNodes::add(std::string op, const std::string& name, std::vector<std::string> inputs, const std::string& output,
                   std::map<std::string, Attribute> attributes) {
  out_.nodes.push_back({names_.like(name), std::move(op), std::move(inputs), {output}, std::move(attributes), {}});
}

std::string QdqNodes::constant(const std::string& name, TensorPtr value) {
  const std::string fresh = names_.like(name);
  out_.constants[fresh] = std::move(value);
  return fresh;
}

const WeightParams* weights_of(const Quantization& quantization, const Node& node) {
  const auto layer = quantization.layers.find(node.name);
  return layer != quantization.layers.end() && layer->second.weights ? &*layer->second.weights : nullptr;
}

}  // namespace quantrail
