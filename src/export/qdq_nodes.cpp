#include "export/qdq_nodes.h"

#include <utility>

#include "model/codes.h"

namespace quantrail {

QdqNodes::QdqNodes(const Graph& graph)
    : names_(names_in(graph)), out_{graph.name, graph.opset, graph.inputs, graph.outputs, graph.constants, {}} {}

void QdqNodes::add(std::string op, const std::string& name, std::vector<std::string> inputs, const std::string& output,
                   std::map<std::string, Attribute> attributes) {
  out_.nodes.push_back({names_.like(name), std::move(op), std::move(inputs), {output}, std::move(attributes), {}});
}

std::string QdqNodes::constant(const std::string& name, TensorPtr value) {
  const std::string fresh = names_.like(name);
  out_.constants[fresh] = std::move(value);
  return fresh;
}

void QdqNodes::add(Node node, bool takes_codes, const Quantization& quantization) {
  if (!takes_codes) return out_.nodes.push_back(std::move(node));
  const WeightParams& params = quantization.tables.find(node.name)->second;
  const Tensor& table = *constant_input(out_, node, 0);
  const auto columns = static_cast<std::int64_t>(params.scale.size());
  const std::string result = std::exchange(node.outputs[0], fresh(node.outputs[0] + "_quantized"));
  const std::string name = node.name;
  // Tables have the same scales whoever takes rows of them.
  auto& codes = tables_[node.inputs[0]];
  if (codes.empty())
    codes = constant(node.inputs[0] + "_quantized", tensor_of(table.shape, int8_weights(table, params)));
  node.inputs[0] = codes;
  const std::string taken = node.outputs[0];
  out_.nodes.push_back(std::move(node));
  const auto scale = constant(name + "_table_scale", tensor_of({columns}, params.scale));
  const auto zero =
      constant(name + "_table_zero_point", tensor_of({columns}, std::vector<std::int8_t>(params.scale.size(), 0)));
  add("DequantizeLinear", name + "_DequantizeLinear", {taken, scale, zero}, result, {{"axis", std::int64_t{-1}}});
}

const WeightParams* weights_of(const Quantization& quantization, const Node& node) {
  const auto layer = quantization.layers.find(node.name);
  return layer != quantization.layers.end() && layer->second.weights ? &*layer->second.weights : nullptr;
}

}  // namespace quantrail
