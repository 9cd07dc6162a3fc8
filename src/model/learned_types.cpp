#include "model/learned_types.h"

#include <algorithm>

#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

/// Any sizes will do where only ranks are wanted, as long as operators accept them.
constexpr std::int64_t kMadeUpSize = 32;

}  // namespace

LearnedTypes::LearnedTypes(const Graph& graph, const InputShapes& inputs) : folding_(graph) {
  for (const auto& input : graph.inputs) {
    Shape shape = inputs.at(input.name);
    std::replace(shape.begin(), shape.end(), std::int64_t{-1}, kMadeUpSize);
    // Sizes beyond counting are refused later, with a message.
    if (checked_count(shape)) types_[input.name] = {input.type, std::move(shape)};
  }
}

void LearnedTypes::learn(const Graph& graph, const Node& node) {
  std::vector<const TensorType*> types;
  std::vector<const Tensor*> constants;
  for (const auto& input : node.inputs) {
    if (const auto constant = graph.constants.find(input); constant != graph.constants.end()) {
      values_[input] = constant->second;
      types_[input] = {constant->second->type, constant->second->shape};
    }
    const auto type = types_.find(input);
    const auto value = values_.find(input);
    if (!input.empty() && type == types_.end()) return;
    types.push_back(type == types_.end() ? nullptr : &type->second);
    constants.push_back(value == values_.end() ? nullptr : value->second.get());
  }
  const NodeView view(node, graph.opset, types, constants);
  const auto outputs = output_types(view);
  if (!outputs) return;
  for (const auto& output : *outputs) {
    if (!checked_count(output.shape)) return;
  }
  const auto values = folding_.folded(view, constants, *outputs);
  for (std::size_t at = 0; at < node.outputs.size(); ++at) {
    if (node.outputs[at].empty()) continue;
    types_[node.outputs[at]] = (*outputs)[at];
    if (values && !values->empty()) values_[node.outputs[at]] = (*values)[at];
  }
}

const TensorType* LearnedTypes::of(const std::string& value) const {
  const auto found = types_.find(value);
  return found == types_.end() ? nullptr : &found->second;
}

LearnedSizes::LearnedSizes(const Graph& graph, const InputShapes& first, const InputShapes& second)
    : first_(graph, first), second_(graph, second) {}

void LearnedSizes::learn(const Graph& graph, const Node& node) {
  first_.learn(graph, node);
  second_.learn(graph, node);
}

std::optional<ElementType> LearnedSizes::type(const std::string& value) const {
  const auto* type = first_.of(value);
  return type == nullptr ? std::nullopt : std::optional(type->type);
}

std::optional<Shape> LearnedSizes::shape(const std::string& value) const {
  const auto* type = first_.of(value);
  if (type == nullptr) return std::nullopt;
  const auto* other = second_.of(value);
  Shape shape = type->shape;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const bool same = other != nullptr && other->shape.size() == shape.size() && other->shape[axis] == shape[axis];
    if (!same) shape[axis] = -1;
  }
  return shape;
}

InputShapes declared_shapes(const Graph& graph) {
  InputShapes shapes;
  for (const auto& input : graph.inputs) shapes[input.name] = input.shape;
  return shapes;
}

}  // namespace quantrail
