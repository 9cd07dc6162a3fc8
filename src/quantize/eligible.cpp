#include "quantize/eligible.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "quantize/moves.h"

namespace quantrail {
namespace {

bool is(const std::string& op, std::initializer_list<std::string_view> ops) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

std::string weights_obstacle(const Graph& graph, const Node& node) {
  const auto weights = constant_input(graph, node, 1);
  if (weights == nullptr && node.op == "MatMul") return "both operands are computed; int8 needs constant weights";
  if (weights == nullptr) return "its weights are computed, not constant";
  if (weights->type != ElementType::Float32) return fmt::format("its weights are {}", name_of(weights->type));
  const std::size_t rank = weights->shape.size();
  if (node.op == "Conv" && rank != 3 && rank != 4) return fmt::format("convolution over {} axes", rank - 2);
  if (node.op != "Conv" && rank != 2) return fmt::format("its weights have {} axes", rank);
  if (weights->bytes.empty() || !all_finite(*weights)) return "its weights are empty or not finite";
  return {};
}

std::string bias_obstacle(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 3 || node.inputs[2].empty()) return {};
  const auto bias = constant_input(graph, node, 2);
  if (bias == nullptr || bias->type != ElementType::Float32) return "its bias is computed, or not float32";
  const auto weights = constant_input(graph, node, 1);
  const auto channels = weights->shape[static_cast<std::size_t>(output_channel_axis(node, *weights))];
  const auto count = element_count(bias->shape);
  const bool along_columns = bias->shape.empty() || bias->shape.back() == count;
  if ((count != channels && count != 1) || !along_columns) return "its bias is not one value per output channel";
  return all_finite(*bias) ? "" : "its bias is not finite";
}

std::string gemm_obstacle(const Node& node) {
  if (int_attribute(node, "transA", 0) != 0) return "Gemm with transA";
  if (float_attribute(node, "alpha", 1.0F) != 1.0F) return "Gemm with alpha other than 1";
  const bool biased = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (biased && float_attribute(node, "beta", 1.0F) != 1.0F) return "Gemm with beta other than 1";
  return {};
}

/// Why an operator of this kind never is an integer layer.
std::string kind_obstacle(const Graph& graph, const ValueTypes& types, const Node& node) {
  const auto result = types.find(node.outputs[0]);
  if (result == types.end()) return "computes sizes or indices, or has a size that depends on the data";
  if (result->second.type != ElementType::Float32)
    return fmt::format("its result is {}: only float32 is quantized", name_of(result->second.type));
  if (moved_inputs(graph, node) > 0 || node.op == "Gather") {
    const bool constant = graph.constants.contains(node.inputs[0]);
    return constant ? "takes values from a constant" : "moves values that are read in float";
  }
  if (is(node.op, {"Relu", "Clip"})) return "runs in int8 only together with the layer before it, as its one reader";
  if (is(node.op, {"Sigmoid", "LeakyRelu"}))
    return "a function of single values: a table lookup between int8 layers, else float";
  if (node.op == "Softmax") return "little work, and its small results need more than 8 bits";
  return fmt::format("no integer kernel for {} in ONNX Runtime", node.op);
}

bool dilated(const Node& node) {
  const auto dilations = ints_attribute(node, "dilations", {});
  return std::any_of(dilations.begin(), dilations.end(), [](auto d) { return d != 1; });
}

std::string pool_obstacle(const Node& node) {
  if (dilated(node)) return "average pooling with dilations";
  return differs_in_integers(node) ? "average pooling with ceil_mode and count_include_pad: ONNX Runtime's integer "
                                     "kernel divides by something else"
                                   : "";
}

}  // namespace

bool all_finite(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

bool differs_in_integers(const Node& node) {
  const bool cut = int_attribute(node, "ceil_mode", 0) != 0 && int_attribute(node, "count_include_pad", 0) != 0;
  return node.op == "AveragePool" && (cut || dilated(node));
}

bool is_activation(const Graph& graph, const ValueTypes& types, const std::string& value) {
  if (graph.constants.find(value) != graph.constants.end()) return false;
  const auto type = types.find(value);
  return type != types.end() && type->second.type == ElementType::Float32;
}

std::size_t activation_inputs(const Node& node) { return is(node.op, {"Add", "Mul"}) ? 2 : 1; }

std::string obstacle(const Graph& graph, const ValueTypes& types, const Node& node) {
  const bool weighted = is(node.op, {"Conv", "Gemm", "MatMul"});
  if (!weighted && !is(node.op, {"Add", "Mul", "AveragePool", "GlobalAveragePool"})) {
    return kind_obstacle(graph, types, node);
  }
  for (std::size_t i = 0; i < activation_inputs(node); ++i) {
    if (is_activation(graph, types, node.inputs[i])) continue;
    const bool constant = graph.constants.find(node.inputs[i]) != graph.constants.end();
    return constant ? fmt::format("{} with a constant: little work in float", node.op)
                    : fmt::format("{} of values that are not float32", node.op);
  }
  if (weighted) {
    if (auto why = weights_obstacle(graph, node); !why.empty()) return why;
    if (auto why = bias_obstacle(graph, node); !why.empty()) return why;
  }
  if (node.op == "Gemm") return gemm_obstacle(node);
  if (node.op == "AveragePool") return pool_obstacle(node);
  return {};
}

}  // namespace quantrail
