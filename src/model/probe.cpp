#include "model/probe.h"

#include <algorithm>
#include <array>

#include "model/infer.h"

namespace quantrail {
namespace {

/// Batch 2, so that it is no axis to squeeze.
InputShapes made_up_shapes(const Graph& graph, std::int64_t other) {
  InputShapes shapes;
  for (const auto& input : graph.inputs) {
    Shape shape = input.shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) shape[axis] = axis == 0 ? 2 : other;
    }
    shapes[input.name] = std::move(shape);
  }
  return shapes;
}

bool only_batch_unknown(const Graph& graph) {
  return std::all_of(graph.inputs.begin(), graph.inputs.end(), [](const ValueInfo& input) {
    return input.shape.empty() || std::find(input.shape.begin() + 1, input.shape.end(), -1) == input.shape.end();
  });
}

}  // namespace

Probe probed(const Graph& graph) {
  const bool exact = only_batch_unknown(graph);
  for (const std::int64_t other : std::array<std::int64_t, 4>{32, 224, 64, 640}) {
    const auto model = specialised(graph, made_up_shapes(graph, other));
    if (!model && exact) break;
    if (!model) continue;
    Probe probe{.exact = exact};
    for (const auto& [name, type] : model->types) {
      probe.shapes[name] = type.shape;
      probe.types[name] = type.type;
    }
    return probe;
  }
  return {};
}

}  // namespace quantrail
