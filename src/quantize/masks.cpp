#include "quantize/masks.h"

#include <algorithm>
#include <cmath>

#include "quantize/moves.h"

namespace quantrail {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr float kMask = 1e4F;

bool holds_mask(const Tensor& tensor) {
  if (tensor.type != ElementType::Float32) return false;
  const auto values = tensor.values<float>();
  return std::any_of(values.begin(), values.end(), [](float value) { return std::abs(value) >= kMask; });
}

/// What a mask goes through: it is added, selected or moved, but for the largest of several, which is none.
bool passes_masks(const Graph& graph, const Node& node) {
  static const Names kOps{"Add", "Sub", "Mul", "Neg", "Where", "Pad", "Cast"};
  return node.op != "MaxPool" && (kOps.contains(node.op) || moved_inputs(graph, node) > 0);
}

}  // namespace

std::set<std::string, std::less<>> masked_values(const Graph& graph) {
  Names masked;
  for (const auto& [name, value] : graph.constants) {
    if (holds_mask(*value)) masked.insert(name);
  }
  for (const auto& node : graph.nodes) {
    const bool reads =
        std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) { return masked.contains(input); });
    if (reads && passes_masks(graph, node)) masked.insert(node.outputs.begin(), node.outputs.end());
  }
  masked.erase("");
  return masked;
}

}  // namespace quantrail
