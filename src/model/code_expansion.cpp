#include "model/code_expansion.h"

#include <algorithm>

#include "model/code_rule.h"

namespace quantrail {

std::string CodeExpansion::spread_zero(std::size_t scale, std::size_t zero) {
  if (!has(zero)) return {};
  const auto scales = constant_input(graph_, node_, scale);
  const auto zeros = constant_input(graph_, node_, zero);
  if (scales == nullptr || zeros == nullptr || element_count(zeros->shape) != 1 || element_count(scales->shape) < 2) {
    return node_.inputs[zero];
  }
  Tensor spread = Tensor::zeros(zeros->type, scales->shape);
  for (std::size_t at = 0; at < spread.bytes.size(); ++at) spread.bytes[at] = zeros->bytes[at % zeros->bytes.size()];
  const auto name = names_.value(node_.inputs[zero] + "_spread");
  graph_.constants[name] = std::make_shared<const Tensor>(std::move(spread));
  return name;
}

std::string CodeExpansion::real(Operand operand, std::int64_t axis) {
  std::vector<std::string> inputs{input(operand.codes), input(operand.scale)};
  if (auto zero = spread_zero(operand.scale, operand.zero); !zero.empty()) inputs.push_back(std::move(zero));
  return add("DequantizeLinear", std::move(inputs), {{"axis", axis}});
}

std::optional<std::string> CodeExpansion::bias(std::size_t codes, std::size_t left_scale, std::size_t right_scale,
                                               float factor) {
  const auto left = constant_input(graph_, node_, left_scale);
  const auto right = constant_input(graph_, node_, right_scale);
  const auto fits = [](const TensorPtr& scale) { return scale != nullptr && scale->type == ElementType::Float32; };
  if (!fits(left) || !fits(right) || element_count(left->shape) != 1) return std::nullopt;
  auto scales = floats_of(*right);
  for (float& scale : scales) scale = factor * left->values<float>()[0] * scale;
  const Shape shape = scales.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())};
  const auto name = names_.value(node_.name + "_bias_scale");
  graph_.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>(shape, std::span<const float>(scales)));
  return add("DequantizeLinear", {input(codes), name}, {{"axis", std::int64_t{-1}}});
}

CodeExpansion::Codes CodeExpansion::quantized_by_range(std::size_t index) {
  const auto codes = add("DynamicQuantizeLinear", {input(index)});
  const auto scale = names_.value(codes + "_scale");
  const auto zero = names_.value(codes + "_zero_point");
  made_.back().outputs = {codes, scale, zero};
  return {codes, scale, zero};
}

std::string CodeExpansion::constant(float value) {
  auto name = names_.value(node_.name + "_constant");
  graph_.constants[name] = std::make_shared<const Tensor>(Tensor::of<float>({}, std::span<const float>(&value, 1)));
  return name;
}

std::string CodeExpansion::add(const std::string& op, std::vector<std::string> inputs,
                               std::map<std::string, Attribute> attributes) {
  const auto result = names_.value(node_.name + "_" + op);
  made_.push_back({.name = names_.node(result),
                   .op = op,
                   .inputs = std::move(inputs),
                   .outputs = {result},
                   .attributes = std::move(attributes)});
  return result;
}

std::string CodeExpansion::compute(const std::string& op, std::vector<std::string> inputs,
                                   std::map<std::string, Attribute> attributes) {
  auto result = add(op, std::move(inputs), std::move(attributes));
  made_.back().name = node_.name;
  return result;
}

std::vector<Node> CodeExpansion::quantized(const std::string& value, std::size_t scale, std::size_t zero) {
  std::vector<std::string> inputs{value, input(scale)};
  if (has(zero)) inputs.push_back(node_.inputs[zero]);
  (void)add("QuantizeLinear", std::move(inputs));
  made_.back().outputs = {node_.outputs[0]};
  return std::move(made_);
}

std::vector<Node> CodeExpansion::renamed(const std::string& op) {
  node_.op = op;
  return {node_};
}

std::vector<Node> CodeExpansion::plain(const std::string& value) {
  for (auto& node : made_) {
    if (node.outputs[0] == value) node.outputs[0] = node_.outputs[0];
  }
  return std::move(made_);
}

}  // namespace quantrail
