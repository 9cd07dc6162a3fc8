#include <array>

#include "base/text.h"
#include "model/expanders.h"

namespace quantrail {
namespace {

using Nodes = Expanded;
using Attributes = std::map<std::string, Attribute>;

Attributes without(Attributes attributes, std::initializer_list<const char*> keys) {
  for (const auto* key : keys) attributes.erase(key);
  return attributes;
}

Nodes binary(Expansion& e, const char* op) {
  return e.quantized(e.compute(op, {e.real({0, 1, 2}), e.real({3, 4, 5})}), 6, 7);
}
Nodes added(Expansion& e) { return binary(e, "Add"); }
Nodes multiplied(Expansion& e) { return binary(e, "Mul"); }

Nodes unary(Expansion& e, const char* op) {
  return e.quantized(e.compute(op, {e.real({0, 1, 2})}, e.node().attributes), 3, 4);
}
Nodes sigmoid(Expansion& e) { return unary(e, "Sigmoid"); }
Nodes leaky_relu(Expansion& e) { return unary(e, "LeakyRelu"); }

Nodes pooled(Expansion& e, const char* op) {
  if (int_attribute(e.node(), "channels_last", 0) != 0)
    return fail(Cause::Unsupported, "pooling with channels last is not supported");
  return e.quantized(e.compute(op, {e.real({0, 1, 2})}, without(e.node().attributes, {"channels_last"})), 3, 4);
}
Nodes average_pool(Expansion& e) { return pooled(e, "AveragePool"); }
Nodes global_average_pool(Expansion& e) { return pooled(e, "GlobalAveragePool"); }

/// Until opset 12, which an attribute tells, Softmax worked on the input made a matrix at its axis.
Nodes softmax(Expansion& e) {
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

Nodes concatenated(Expansion& e) {
  constexpr std::size_t kFirst = 2;
  constexpr std::size_t kEach = 3;
  std::vector<std::string> inputs;
  for (std::size_t at = kFirst; at + kEach <= e.node().inputs.size(); at += kEach)
    inputs.push_back(e.real({at, at + 1, at + 2}));
  return e.quantized(e.compute("Concat", std::move(inputs), e.node().attributes), 0, 1);
}

/// The int32 bias is in steps of alpha * a scale * b scale, so beta is 1.
Nodes gemm(Expansion& e) {
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

Nodes with_bias(Expansion& e, const std::string& product, std::size_t bias) {
  return e.plain(e.has(bias) ? e.add("Add", {product, e.node().inputs[bias]}) : product);
}

/// Sums of products of codes, then their scale, which is not known before.
Nodes scaled_product(Expansion& e, const Expansion::Codes& a, const Expansion::Codes& b, std::size_t bias) {
  constexpr std::int64_t kFloat32 = 1;  // as ONNX numbers element types
  std::vector<std::string> inputs{a.codes, b.codes, a.zero};
  if (!b.zero.empty()) inputs.push_back(b.zero);
  const auto sums = e.compute("MatMulInteger", std::move(inputs));
  const auto reals = e.add("Cast", {sums}, {{"to", kFloat32}});
  return with_bias(e, e.add("Mul", {reals, e.add("Mul", {a.scale, b.scale})}), bias);
}

Nodes matmul_to_float(Expansion& e) {
  if (!e.is_constant(2)) return scaled_product(e, e.codes({0, 2, 4}), e.codes({1, 3, 5}), 6);
  return with_bias(e, e.compute("MatMul", {e.real({0, 2, 4}), e.real({1, 3, 5}, -1)}), 6);
}

/// A is quantized by its own range, each time anew.
Nodes dynamic_matmul(Expansion& e) { return scaled_product(e, e.quantized_by_range(0), e.codes({1, 2, 3}), 4); }

/// A float convolution, perhaps with something added, and its activation.
Nodes fused_conv(Expansion& e) {
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

Nodes quantize(Expansion& e) { return e.renamed("QuantizeLinear"); }
Nodes dequantize(Expansion& e) { return e.renamed("DequantizeLinear"); }

}  // namespace

void add_code_expanders(Expanders& expanders) {
  expanders[foreign("QLinearAdd")] = {added, 7};
  expanders[foreign("QLinearMul")] = {multiplied, 7};
  expanders[foreign("QLinearSigmoid")] = {sigmoid, 4};
  expanders[foreign("QLinearLeakyRelu")] = {leaky_relu, 4};
  expanders[foreign("QLinearAveragePool")] = {average_pool, 4};
  expanders[foreign("QLinearGlobalAveragePool")] = {global_average_pool, 4};
  expanders[foreign("QLinearSoftmax")] = {softmax, 4};
  expanders[foreign("QLinearConcat")] = {concatenated, 5};
  expanders[foreign("QGemm")] = {gemm, 6};
  expanders[foreign("FusedConv")] = {fused_conv, 2};
  expanders[foreign("MatMulIntegerToFloat")] = {matmul_to_float, 4};
  expanders[foreign("DynamicQuantizeMatMul")] = {dynamic_matmul, 3};
  expanders[foreign("QuantizeLinear")] = {quantize, 2};
  expanders[foreign("DequantizeLinear")] = {dequantize, 2};
}

}  // namespace quantrail
