#include <algorithm>

#include "model/shape_math.h"
#include "model/upgrade_steps.h"

namespace quantrail {
namespace {

/// Any sizes will do where only ranks are wanted, as long as operators accept them.
constexpr std::int64_t kMadeUpSize = 32;

}  // namespace

Ranks::Ranks(const Graph& graph) : folding_(graph) {
  for (const auto& input : graph.inputs) {
    Shape shape = input.shape;
    std::replace(shape.begin(), shape.end(), std::int64_t{-1}, kMadeUpSize);
    // Sizes beyond counting are refused later, with a message.
    if (checked_count(shape)) types_[input.name] = {input.type, std::move(shape)};
  }
}

void Ranks::learn(const Graph& graph, const Node& node) {
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
    types_[node.outputs[at]] = (*outputs)[at];
    if (values && !values->empty()) values_[node.outputs[at]] = (*values)[at];
  }
}

std::optional<std::size_t> Ranks::of(const std::string& value) const {
  const auto found = types_.find(value);
  if (found == types_.end()) return std::nullopt;
  return found->second.shape.size();
}

}  // namespace quantrail
