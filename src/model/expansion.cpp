#include "model/expansion.h"

#include <algorithm>

#include "model/code_rule.h"
#include "model/half.h"

namespace quantrail {

std::string Expansion::spread_zero(std::size_t scale, std::size_t zero) {
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

std::string Expansion::real(Operand operand, std::int64_t axis) {
  std::vector<std::string> inputs{input(operand.codes), input(operand.scale)};
  if (auto zero = spread_zero(operand.scale, operand.zero); !zero.empty()) inputs.push_back(std::move(zero));
  return add("DequantizeLinear", std::move(inputs), {{"axis", axis}});
}

std::optional<std::string> Expansion::bias(std::size_t codes, std::size_t left_scale, std::size_t right_scale,
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

Expansion::Codes Expansion::quantized_by_range(std::size_t index) {
  const auto codes = add("DynamicQuantizeLinear", {input(index)});
  const auto scale = names_.value(codes + "_scale");
  const auto zero = names_.value(codes + "_zero_point");
  made_.back().outputs = {codes, scale, zero};
  return {codes, scale, zero};
}

std::string Expansion::named(const std::string& kind, Tensor value) {
  auto name = names_.value(node_.name + "_" + kind);
  graph_.constants[name] = std::make_shared<const Tensor>(std::move(value));
  return name;
}

std::string Expansion::constant(float value) {
  return named("constant", Tensor::of<float>({}, std::span<const float>(&value, 1)));
}

std::string Expansion::constant_like(float value, const std::string& like) {
  const auto known = type(like);
  if (known == ElementType::Float32) return constant(value);
  Tensor single = Tensor::of<float>({}, std::span<const float>(&value, 1));
  if (known && is_half(*known)) return named("constant", narrowed(single, *known));
  return add("CastLike", {named("constant", std::move(single)), like});
}

std::string Expansion::integer(std::int64_t value) {
  return named("number", Tensor::of<std::int64_t>({}, std::span<const std::int64_t>(&value, 1)));
}

std::string Expansion::integers(const std::vector<std::int64_t>& values) {
  return named("numbers", Tensor::of<std::int64_t>({std::ssize(values)}, std::span<const std::int64_t>(values)));
}

std::string Expansion::size(const std::string& value, std::size_t axis) {
  const auto known = shape(value);
  if (known && axis < known->size() && (*known)[axis] >= 0) return integer((*known)[axis]);
  return add("Gather", {add("Shape", {value}), integer(static_cast<std::int64_t>(axis))});
}

std::string Expansion::cast_like(const std::string& value, const std::string& like) {
  const auto from = type(value);
  return from && from == type(like) ? value : add("CastLike", {value, like});
}

std::string Expansion::add(const std::string& op, std::vector<std::string> inputs, Attributes attributes) {
  const auto result = names_.value(node_.name + "_" + op);
  made_.push_back({.name = names_.node(result),
                   .op = op,
                   .inputs = std::move(inputs),
                   .outputs = {result},
                   .attributes = std::move(attributes)});
  if (sizes_ != nullptr) sizes_->learn(graph_, made_.back());
  return result;
}

std::string Expansion::reshaped(const std::string& value, const std::vector<std::int64_t>& shape) {
  return add("Reshape", {value, integers(shape)});
}

std::string Expansion::transposed(const std::string& value, std::vector<std::int64_t> perm) {
  return add("Transpose", {value}, {{"perm", std::move(perm)}});
}

std::string Expansion::unsqueezed(const std::string& value, std::int64_t axis) {
  return add("Unsqueeze", {value, integers({axis})});
}

std::string Expansion::sliced(const std::string& value, std::int64_t axis, std::int64_t from, std::int64_t to,
                              std::int64_t step) {
  return add("Slice", {value, integers({from}), integers({to}), integers({axis}), integers({step})});
}

std::string Expansion::compute(const std::string& op, std::vector<std::string> inputs, Attributes attributes) {
  auto result = add(op, std::move(inputs), std::move(attributes));
  made_.back().name = node_.name;
  return result;
}

std::vector<Node> Expansion::quantized(const std::string& value, std::size_t scale, std::size_t zero) {
  std::vector<std::string> inputs{value, input(scale)};
  if (has(zero)) inputs.push_back(node_.inputs[zero]);
  (void)add("QuantizeLinear", std::move(inputs));
  made_.back().outputs = {node_.outputs[0]};
  return std::move(made_);
}

std::vector<Node> Expansion::renamed(const std::string& op) {
  node_.op = op;
  return {node_};
}

void Expansion::rename(const std::string& from, const std::string& to) {
  for (auto& node : made_) {
    std::replace(node.inputs.begin(), node.inputs.end(), from, to);
    std::replace(node.outputs.begin(), node.outputs.end(), from, to);
  }
}

std::vector<Node> Expansion::results(const std::vector<std::string>& values) {
  std::vector<std::string> left = values;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (!wants(at)) continue;
    const auto& name = node_.outputs[at];
    const bool made = std::any_of(made_.begin(), made_.end(), [&](const Node& node) {
      return std::find(node.outputs.begin(), node.outputs.end(), left[at]) != node.outputs.end();
    });
    const bool given = std::find(node_.outputs.begin(), node_.outputs.end(), left[at]) != node_.outputs.end();
    if (made && !given) {
      rename(left[at], name);
      std::replace(left.begin(), left.end(), std::string(left[at]), name);
    } else {
      (void)add("Identity", {left[at]});
      made_.back().outputs = {name};
    }
  }
  return std::move(made_);
}

std::optional<Shape> Expansion::shape(const std::string& value) const {
  if (const auto known = graph_.constants.find(value); known != graph_.constants.end()) return known->second->shape;
  return sizes_ == nullptr ? std::nullopt : sizes_->shape(value);
}

std::optional<ElementType> Expansion::type(const std::string& value) const {
  if (const auto known = graph_.constants.find(value); known != graph_.constants.end()) return known->second->type;
  return sizes_ == nullptr ? std::nullopt : sizes_->type(value);
}

}  // namespace quantrail
