#include <algorithm>

#include "model/channel_affine.h"
#include "model/passes.h"

namespace quantrail {
namespace {

bool is_matrix(const TensorPtr& tensor) {
  return tensor != nullptr && tensor->type == ElementType::Float32 && tensor->shape.size() == 2;
}

/// A constant [N] or [1,N] that an Add adds to rows of N.
bool is_row(const TensorPtr& tensor, std::int64_t size) {
  return tensor != nullptr && tensor->type == ElementType::Float32 &&
         (tensor->shape == Shape{size} || tensor->shape == Shape{1, size});
}

bool fuse(Graph& graph, const Probe& probe, std::size_t at, std::size_t next) {
  Node& product = graph.nodes[at];
  const Node& add = graph.nodes[next];
  if (product.op != "MatMul" || add.op != "Add" || rank_of(probe, product.inputs[0]) != 2) return false;
  const auto weights = constant_input(graph, product, 1);
  if (!is_matrix(weights)) return false;
  const std::size_t other = add.inputs[0] == product.outputs[0] ? 1 : 0;
  if (!is_row(constant_input(graph, add, other), weights->shape[1])) return false;
  product.op = "Gemm";
  product.inputs.push_back(add.inputs[other]);
  product.outputs[0] = add.outputs[0];
  absorb(product, add);
  return true;
}

/// The bias [N] with beta multiplied in; nothing when it is not constant or differs between rows.
TensorPtr plain_bias(const Graph& graph, const Node& node, std::int64_t columns) {
  const auto bias = constant_input(graph, node, 2);
  auto values = doubles_of(bias);
  const bool one_row = bias != nullptr && (bias->shape.size() < 2 || (bias->shape.size() == 2 && bias->shape[0] == 1));
  if (!values || !one_row) return nullptr;
  if (values->size() == 1) values->assign(static_cast<std::size_t>(columns), values->front());
  if (values->size() != static_cast<std::size_t>(columns)) return nullptr;
  const auto beta = static_cast<double>(float_attribute(node, "beta", 1.0F));
  for (auto& value : *values) value *= beta;
  return float_tensor({columns}, *values);
}

void normalise(Graph& graph, Node& node, Names& names) {
  const auto weights = constant_input(graph, node, 1);
  if (!is_matrix(weights)) return;
  const auto columns = weights->shape[int_attribute(node, "transB", 0) != 0 ? 0 : 1];
  const bool has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
  const auto bias = has_bias ? plain_bias(graph, node, columns) : nullptr;
  if (has_bias && bias == nullptr) return;
  if (bias != nullptr && *bias != *constant_input(graph, node, 2)) {
    node.inputs[2] = names.value(node.name + ".bias");
    graph.constants[node.inputs[2]] = bias;
  }
  const auto alpha = static_cast<double>(float_attribute(node, "alpha", 1.0F));
  if (alpha != 1.0) {
    auto values = *doubles_of(weights);
    for (auto& value : values) value *= alpha;
    node.inputs[1] = names.value(node.name + ".weight");
    graph.constants[node.inputs[1]] = float_tensor(weights->shape, values);
  }
  node.attributes.erase("alpha");
  node.attributes.erase("beta");
}

}  // namespace

void fuse_matmul_add(Graph& graph, const Probe& probe) {
  const GraphIndex index(graph);
  std::set<std::size_t> gone;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const auto next = sole_reader(graph, index, at);
    if (next && fuse(graph, probe, at, *next)) gone.insert(*next);
  }
  erase_nodes(graph, gone);
}

void normalise_gemms(Graph& graph) {
  Names names(graph);
  for (auto& node : graph.nodes) {
    if (node.op == "Gemm") normalise(graph, node, names);
  }
}

}  // namespace quantrail
