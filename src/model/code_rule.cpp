#include "model/code_rule.h"

#include <algorithm>
#include <cmath>

namespace quantrail {
namespace {

bool all_equal(const auto& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

/// The type of the codes that the node itself names.
std::optional<ElementType> named_codes(const Node& node, const TensorPtr& zero) {
  constexpr std::int64_t kInt8 = 3;  // as ONNX numbers element types
  if (zero != nullptr) return zero->type;
  if (node.op == "DequantizeLinear") return std::nullopt;
  return int_attribute(node, "output_dtype", 0) == kInt8 ? ElementType::Int8 : ElementType::Uint8;
}

}  // namespace

bool CodeRule::uniform() const { return all_equal(scale) && all_equal(zero); }

Result<std::optional<CodeRule>> code_rule(const Graph& graph, const Node& node) {
  const auto scale = constant_input(graph, node, 1);
  const auto zero = constant_input(graph, node, 2);
  const bool has_zero = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (scale == nullptr || !is_float(scale->type) || (has_zero && (zero == nullptr || is_float(zero->type))))
    return std::nullopt;
  CodeRule rule{floats_of(*scale), {}, int_attribute(node, "axis", 1), named_codes(node, zero)};
  for (const float value : rule.scale) {
    if (std::isfinite(value) && value > 0.0F) continue;
    return fail(Cause::InvalidInput, "{}: its scale is {}, not a positive number", described(node, graph.opset), value);
  }
  rule.zero = has_zero ? integers_of(*zero) : std::vector<std::int64_t>(rule.scale.size(), 0);
  const bool usable = scale->type == ElementType::Float32 && !rule.scale.empty() &&
                      rule.zero.size() == rule.scale.size() && int_attribute(node, "block_size", 0) == 0;
  return usable ? std::optional(std::move(rule)) : std::nullopt;
}

std::optional<ActivationParams> as_uint8(const CodeRule& rule, ElementType codes) {
  const bool is_signed = codes == ElementType::Int8;
  if ((!is_signed && codes != ElementType::Uint8) || !rule.uniform()) return std::nullopt;
  const auto zero = rule.zero[0] + (is_signed ? 128 : 0);
  if (zero < 0 || zero > 255) return std::nullopt;
  return ActivationParams{rule.scale[0], static_cast<std::uint8_t>(zero)};
}

bool has_codes(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [](const Node& node) { return node.op == "QuantizeLinear" || node.op == "DequantizeLinear"; });
}

}  // namespace quantrail
