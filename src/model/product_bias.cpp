#include "model/product_bias.h"

namespace quantrail {
namespace {

std::size_t constant_addend(const Graph& graph, const Node& addition) {
  return constant_input(graph, addition, 1) != nullptr ? 1 : 0;
}

}  // namespace

std::optional<std::size_t> bias_addition(const Graph& graph, const GraphIndex& index, std::size_t at) {
  const Node& node = graph.nodes[at];
  if (node.op != "MatMul" || index.is_output(node.outputs[0])) return std::nullopt;
  const auto weights = constant_input(graph, node, 1);
  const auto& readers = index.readers(node.outputs[0]);
  if (weights == nullptr || weights->shape.size() != 2 || readers.size() != 1) return std::nullopt;
  const Node& reader = graph.nodes[readers[0]];
  if (reader.op != "Add") return std::nullopt;
  const auto addend = constant_input(graph, reader, constant_addend(graph, reader));
  const bool vector = addend != nullptr && addend->type == ElementType::Float32 && addend->shape.size() == 1 &&
                      addend->shape[0] == weights->shape[1];
  return vector ? std::optional(readers[0]) : std::nullopt;
}

std::vector<float> shifted_addend(const Graph& graph, const Node& addition, const std::vector<float>& shift) {
  const auto own = constant_input(graph, addition, constant_addend(graph, addition))->values<float>();
  std::vector<float> sum(own.begin(), own.end());
  for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += shift[c];
  return sum;
}

void shift_addend(Graph& graph, const GraphIndex& index, std::size_t at, const std::vector<float>& shift) {
  const auto found = bias_addition(graph, index, at);
  if (!found) return;
  Node& addition = graph.nodes[*found];
  const auto sum = shifted_addend(graph, addition, shift);
  const std::string name = addition.name + "_corrected_bias";
  const Shape shape{static_cast<std::int64_t>(sum.size())};
  addition.inputs[constant_addend(graph, addition)] = name;
  graph.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>(shape, std::span<const float>(sum)));
}

}  // namespace quantrail
