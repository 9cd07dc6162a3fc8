#include "quantize/pattern_view.h"

#include <algorithm>

namespace quantrail {

bool PatternView::is(std::size_t at, std::initializer_list<std::string_view> ops) const {
  return std::find(ops.begin(), ops.end(), node(at).op) != ops.end();
}

std::optional<std::string> PatternView::variable_operand(std::size_t at) const {
  const Node& n = node(at);
  if (!is(at, {"Add", "Sub", "Mul", "Div"}) || n.inputs.size() != 2) return std::nullopt;
  const bool left = constant_input(graph_, n, 0) != nullptr;
  const bool right = constant_input(graph_, n, 1) != nullptr;
  const bool commutes = n.op == "Add" || n.op == "Mul";
  if (left == right || (left && !commutes)) return std::nullopt;
  return n.inputs[left ? 1 : 0];
}

std::string PatternView::unscaled(const std::string& value) const {
  std::string from = value;
  for (Position at = producer(from); at && is(*at, {"Mul", "Div"}); at = producer(from)) {
    auto operand = variable_operand(*at);
    if (!operand) break;
    from = std::move(*operand);
  }
  return from;
}

std::optional<std::string> PatternView::clamped(std::size_t at) const {
  const Node& n = node(at);
  if (n.op == "Clip") return n.inputs[0];
  if ((n.op != "Min" && n.op != "Max") || n.inputs.size() != 2) return std::nullopt;
  const std::size_t variable = constant_input(graph_, n, 0) != nullptr ? 1 : 0;
  if (constant_input(graph_, n, 1 - variable) == nullptr) return std::nullopt;
  const Position inner = producer(n.inputs[variable]);
  if (!inner || node(*inner).op == n.op || !is(*inner, {"Min", "Max", "Relu"})) return std::nullopt;
  const auto& bounds = node(*inner).inputs;
  if (bounds.size() == 1) return bounds[0];
  const bool left = constant_input(graph_, node(*inner), 0) != nullptr;
  const bool right = constant_input(graph_, node(*inner), 1) != nullptr;
  return left == right ? std::nullopt : std::optional(bounds[left ? 1 : 0]);
}

std::optional<std::string> PatternView::hard_sigmoid_of(const std::string& gate) const {
  const Position at = producer(unscaled(gate));
  if (!at) return std::nullopt;
  if (node(*at).op == "HardSigmoid") return node(*at).inputs[0];
  const auto shifted = clamped(*at);
  const Position shift = shifted ? producer(*shifted) : std::nullopt;
  if (!shift || !is(*shift, {"Add", "Sub"})) return std::nullopt;
  return variable_operand(*shift);
}

std::optional<std::string> PatternView::sigmoid_of(const std::string& gate) const {
  const Position at = producer(gate);
  if (at && node(*at).op == "Sigmoid") return node(*at).inputs[0];
  return hard_sigmoid_of(gate);
}

PatternView::Position PatternView::weighted(const std::string& value) const {
  Position at = origin(value);
  if (at && node(*at).op == "Add") {
    const auto sum = variable_operand(*at);
    at = sum ? origin(*sum) : std::nullopt;
  }
  return at && is(*at, {"Conv", "Gemm", "MatMul"}) ? at : std::nullopt;
}

std::optional<std::string> PatternView::before_activation(const std::string& value) const {
  const Position at = origin(unscaled(value));
  if (!at) return std::nullopt;
  const auto& in = node(*at).inputs;
  if (is(*at, {"Relu", "Clip", "PRelu", "LeakyRelu", "Elu", "Selu", "HardSwish", "Swish", "Gelu", "Mish", "Tanh"}))
    return in[0];
  if (node(*at).op != "Mul") return std::nullopt;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const auto x = sigmoid_of(in[1 - side]);
    if (x && unscaled(*x) == unscaled(in[side])) return in[side];
  }
  return std::nullopt;
}

}  // namespace quantrail
