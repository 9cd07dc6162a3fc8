#include <array>

#include "model/passes.h"

namespace quantrail {
namespace {

/// Batch 2, so that it is no axis to squeeze; other unknown axes large enough for a deep stack of windows.
std::map<std::string, Shape> made_up_shapes(const Graph& graph, std::int64_t other) {
  std::map<std::string, Shape> shapes;
  for (const auto& input : graph.inputs) {
    Shape shape = input.shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) shape[axis] = axis == 0 ? 2 : other;
    }
    shapes[input.name] = std::move(shape);
  }
  return shapes;
}

}  // namespace

Ranks probed_ranks(const Graph& graph) {
  for (const std::int64_t other : std::array<std::int64_t, 4>{32, 224, 64, 640}) {
    const auto model = specialised(graph, made_up_shapes(graph, other));
    if (!model) continue;
    Ranks ranks;
    for (const auto& [name, type] : model->types) ranks[name] = type.shape.size();
    return ranks;
  }
  return {};
}

}  // namespace quantrail
