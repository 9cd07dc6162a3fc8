#include <array>

#include "base/text.h"
#include "model/code_expansion.h"

namespace quantrail {
namespace {

using Nodes = Result<std::vector<Node>>;
using Attributes = std::map<std::string, Attribute>;

Attributes without(Attributes attributes, std::initializer_list<const char*> keys) {
  for (const auto* key : keys) attributes.erase(key);
  return attributes;
}

Nodes binary(CodeExpansion& e, const char* op) {
  return e.quantized(e.compute(op, {e.real({0, 1, 2}), e.real({3, 4, 5})}), 6, 7);
}
Nodes added(CodeExpansion& e) { return binary(e, "Add"); }
Nodes multiplied(CodeExpansion& e) { return binary(e, "Mul"); }

Nodes unary(CodeExpansion& e, const char* op) {
  return e.quantized(e.compute(op, {e.real({0, 1, 2})}, e.node().attributes), 3, 4);
}
Nodes sigmoid(CodeExpansion& e) { return unary(e, "Sigmoid"); }
Nodes leaky_relu(CodeExpansion& e) { return unary(e, "LeakyRelu"); }

Nodes pooled(CodeExpansion& e, const char* op) {
  if (int_attribute(e.node(), "channels_last", 0) != 0)
    return fail(Cause::Unsupported, "pooling with channels last is not supported");
  return e.quantized(e.compute(op, {e.real({0, 1, 2})}, without(e.node().attributes, {"channels_last"})), 3, 4);
}
Nodes average_pool(CodeExpansion& e) { return pooled(e, "AveragePool"); }
Nodes global_average_pool(CodeExpansion& e) { return pooled(e, "GlobalAveragePool"); }

/// Until opset 12, which an attribute tells, Softmax worked on the input made a matrix at its axis.
Nodes softmax(CodeExpansion& e) {
  constexpr std::int64_t kOneAxis = 13;
  const bool as_matrix = int_attribute(e.node(), "opset", kOneAxis) < kOneAxis;
  const auto axis = int_attribute(e.node(), "axis", as_matrix ? 1 : -1);
  const auto x = e.real({0, 1, 2});
  if (!as_matrix || axis == -1) return e.quantized(e.compute("Softmax", {x}, {{"axis", axis}}), 3, 4);
  const auto shape = e.add("Shape", {x});
  const auto matrix = e.add("Flatten", {x}, {{"axis", axis}});
  const auto result = e.compute("Softmax", {matrix}, {{"axis", std::int64_t{1}}});
  return e.quantized(e.add("Reshape", {result, shape}), 3, 4);
}

Nodes concatenated(CodeExpansion& e) {
  constexpr std::size_t kFirst = 2;
  constexpr std::size_t kEach = 3;
  std::vector<std::string> inputs;
  for (std::size_t at = kFirst; at + kEach <= e.node().inputs.size(); at += kEach)
    inputs.push_back(e.real({at, at + 1, at + 2}));
  return e.quantized(e.compute("Concat", std::move(inputs), e.node().attributes), 0, 1);
}

/// The int32 bias is in steps of alpha * a scale * b scale, so beta is 1.
Nodes gemm(CodeExpansion& e) {
  const bool turned = int_attribute(e.node(), "transB", 0) != 0;
  std::vector<std::string> inputs{e.real({0, 1, 2}), e.real({3, 4, 5}, turned ? 0 : 1)};
  if (e.has(6)) {
    auto bias = e.bias(6, 1, 4, float_attribute(e.node(), "alpha", 1.0F));
    if (!bias) return fail(Cause::Unsupported, "a bias whose scale is computed is not supported");
    inputs.push_back(std::move(*bias));
  }
  const auto result = e.compute("Gemm", std::move(inputs), e.node().attributes);
  return e.has(7) ? e.quantized(result, 7, 8) : e.plain(result);
}

Nodes with_bias(CodeExpansion& e, const std::string& product, std::size_t bias) {
  return e.plain(e.has(bias) ? e.add("Add", {product, e.node().inputs[bias]}) : product);
}

/// Sums of products of codes, then their scale, which is not known before.
Nodes scaled_product(CodeExpansion& e, const CodeExpansion::Codes& a, const CodeExpansion::Codes& b, std::size_t bias) {
  constexpr std::int64_t kFloat32 = 1;  // as ONNX numbers element types
  std::vector<std::string> inputs{a.codes, b.codes, a.zero};
  if (!b.zero.empty()) inputs.push_back(b.zero);
  const auto sums = e.compute("MatMulInteger", std::move(inputs));
  const auto reals = e.add("Cast", {sums}, {{"to", kFloat32}});
  return with_bias(e, e.add("Mul", {reals, e.add("Mul", {a.scale, b.scale})}), bias);
}

Nodes matmul_to_float(CodeExpansion& e) {
  if (!e.is_constant(2)) return scaled_product(e, e.codes({0, 2, 4}), e.codes({1, 3, 5}), 6);
  return with_bias(e, e.compute("MatMul", {e.real({0, 2, 4}), e.real({1, 3, 5}, -1)}), 6);
}

/// A is quantized by its own range, each time anew.
Nodes dynamic_matmul(CodeExpansion& e) { return scaled_product(e, e.quantized_by_range(0), e.codes({1, 2, 3}), 4); }

/// A float convolution, perhaps with something added, and its activation.
Nodes fused_conv(CodeExpansion& e) {
  const auto& node = e.node();
  std::vector<std::string> inputs(node.inputs.begin(), node.inputs.begin() + (e.has(2) ? 3 : 2));
  auto value =
      e.compute("Conv", std::move(inputs), without(node.attributes, {"activation", "activation_params", "alpha"}));
  if (e.has(3)) value = e.add("Add", {value, node.inputs[3]});
  const auto activation = string_attribute(node, "activation", "");
  const auto found = node.attributes.find("activation_params");
  const auto* params = found != node.attributes.end() ? std::get_if<std::vector<float>>(&found->second) : nullptr;
  const auto given = params != nullptr ? params->size() : 0;
  if (activation.empty()) return e.plain(value);
  if (activation == "Relu" || activation == "Sigmoid" || activation == "Tanh")
    return e.plain(e.add(activation, {value}));
  if (activation == "LeakyRelu" && given == 1) return e.plain(e.add(activation, {value}, {{"alpha", (*params)[0]}}));
  if (activation == "HardSigmoid" && given == 2)
    return e.plain(e.add(activation, {value}, {{"alpha", (*params)[0]}, {"beta", (*params)[1]}}));
  if (activation == "Clip" && given == 2)
    return e.plain(e.add(activation, {value, e.constant((*params)[0]), e.constant((*params)[1])}));
  return fail(Cause::Unsupported, "activation '{}' with {} parameters is not supported", printable(activation), given);
}

Nodes quantize(CodeExpansion& e) { return e.renamed("QuantizeLinear"); }
Nodes dequantize(CodeExpansion& e) { return e.renamed("DequantizeLinear"); }

struct Foreign {
  Nodes (*expand)(CodeExpansion&) = nullptr;
  std::size_t least_inputs = 1;
};

const std::map<std::string_view, Foreign>& foreign_operators() {
  static const std::map<std::string_view, Foreign> kOperators{
      {"QLinearAdd", {added, 7}},
      {"QLinearMul", {multiplied, 7}},
      {"QLinearSigmoid", {sigmoid, 4}},
      {"QLinearLeakyRelu", {leaky_relu, 4}},
      {"QLinearAveragePool", {average_pool, 4}},
      {"QLinearGlobalAveragePool", {global_average_pool, 4}},
      {"QLinearSoftmax", {softmax, 4}},
      {"QLinearConcat", {concatenated, 5}},
      {"QGemm", {gemm, 6}},
      {"FusedConv", {fused_conv, 2}},
      {"MatMulIntegerToFloat", {matmul_to_float, 4}},
      {"DynamicQuantizeMatMul", {dynamic_matmul, 3}},
      {"QuantizeLinear", {quantize, 2}},
      {"DequantizeLinear", {dequantize, 2}},
  };
  return kOperators;
}

/// The operator's own name where it is one of that domain; empty for others.
std::string_view foreign_name(const std::string& op) {
  if (!op.starts_with(kForeignDomain) || op.size() <= kForeignDomain.size()) return {};
  return std::string_view(op).substr(kForeignDomain.size() + 1);
}

}  // namespace

bool is_known_foreign(const std::string& op) { return foreign_operators().contains(op); }

Result<Graph> expand_foreign(Graph graph) {
  Names names(graph);
  std::vector<Node> nodes;
  for (auto& node : graph.nodes) {
    const auto found = foreign_operators().find(foreign_name(node.op));
    if (found == foreign_operators().end()) {
      nodes.push_back(std::move(node));
      continue;
    }
    const std::string context = described(node, graph.opset);
    if (node.inputs.size() < found->second.least_inputs || node.outputs.size() != 1) {
      return fail(Cause::InvalidInput, "{}: needs {} inputs and one output", context, found->second.least_inputs);
    }
    CodeExpansion expansion(graph, names, std::move(node));
    auto made = found->second.expand(expansion);
    if (!made) return failed(made, context);
    std::move(made->begin(), made->end(), std::back_inserter(nodes));
  }
  graph.nodes = std::move(nodes);
  return graph;
}

}  // namespace quantrail
