#include "model/macs.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "model/einsum.h"

namespace quantrail {
namespace {

std::int64_t product_after(const Shape& shape, std::ptrdiff_t first) {
  return element_count({shape.begin() + first, shape.end()});
}

std::int64_t product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::numeric_limits<std::int64_t>::max() : result;
}

/// `x`: [steps, batch, inputs] or [batch, steps, inputs]; each step multiplies by both matrices of all directions.
std::int64_t recurrent(const Shape& x, const Shape& input_weights, const Shape& state_weights) {
  return product(product(x[0], x[1]), element_count(input_weights) + element_count(state_weights));
}

/// Of the whole batch; nothing for operators that multiply no matrices.
std::optional<std::int64_t> batch_macs(const Specialised& model, const Node& node) {
  const auto shape = [&](const std::string& value) -> const Shape& { return model.types.find(value)->second.shape; };
  const auto outputs = element_count(shape(node.outputs[0]));
  if (node.op == "Conv" || node.op == "DeformConv") return product(outputs, product_after(shape(node.inputs[1]), 1));
  if (node.op == "ConvTranspose")
    return product(element_count(shape(node.inputs[0])), product_after(shape(node.inputs[1]), 1));
  if (node.op == "MatMul") return product(outputs, shape(node.inputs[0]).back());
  if (node.op == "LSTM" || node.op == "GRU" || node.op == "RNN")
    return recurrent(shape(node.inputs[0]), shape(node.inputs[1]), shape(node.inputs[2]));
  if (node.op == "Einsum") {
    std::vector<Shape> operands;
    for (const auto& input : node.inputs) operands.push_back(shape(input));
    const auto loops = einsum_of(string_attribute(node, "equation", ""), operands);
    if (!loops) return std::nullopt;
    return std::accumulate(loops->sizes.begin(), loops->sizes.end(), std::int64_t{1}, product);
  }
  if (node.op == "Gemm") return product(outputs, shape(node.inputs[0])[int_attribute(node, "transA", 0) != 0 ? 0 : 1]);
  return std::nullopt;
}

}  // namespace

std::map<std::string, std::int64_t, std::less<>> multiply_adds(const Specialised& model, std::int64_t batch) {
  std::map<std::string, std::int64_t, std::less<>> macs;
  for (const auto& node : model.graph.nodes) {
    if (const auto total = batch_macs(model, node)) macs[node.name] = *total / std::max<std::int64_t>(batch, 1);
  }
  return macs;
}

double int8_macs_share(const Graph& graph, const Lowering& lowering,
                       const std::map<std::string, std::int64_t, std::less<>>& macs) {
  double all = 0.0;
  double in_integers = 0.0;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    const auto found = macs.find(graph.nodes[at].name);
    if (found == macs.end()) continue;
    all += static_cast<double>(found->second);
    if (lowering.nodes[at].integer) in_integers += static_cast<double>(found->second);
  }
  return all > 0.0 ? in_integers / all : 0.0;
}

}  // namespace quantrail
