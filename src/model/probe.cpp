#include "model/probe.h"

#include <algorithm>
#include <array>

#include "model/infer.h"

namespace quantrail {
namespace {

InputShapes made_up_shapes(const Graph& graph, std::int64_t batch, std::int64_t other) {
  InputShapes shapes;
  for (const auto& input : graph.inputs) {
    Shape shape = input.shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == -1) shape[axis] = axis == 0 ? batch : other;
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

std::optional<Specialised> fitting(const Graph& graph, std::int64_t batch) {
  const bool exact = only_batch_unknown(graph);
  for (const std::int64_t other : std::array<std::int64_t, 7>{32, 224, 64, 640, 16, 8, 4}) {
    if (auto model = specialised(graph, made_up_shapes(graph, batch, other))) return std::move(*model);
    if (exact) break;
  }
  return std::nullopt;
}

}  // namespace

Probe probed(const Graph& graph) {
  // Two samples, so that the batch is no axis to squeeze.
  const auto model = fitting(graph, 2);
  if (!model) return {};
  Probe probe{.exact = only_batch_unknown(graph)};
  for (const auto& [name, type] : model->types) {
    probe.shapes[name] = type.shape;
    probe.types[name] = type.type;
  }
  return probe;
}

std::optional<InputShapes> fitting_shapes(const Graph& graph, std::int64_t batch) {
  const auto model = fitting(graph, batch);
  if (!model) return std::nullopt;
  InputShapes shapes;
  for (const auto& input : model->graph.inputs) shapes[input.name] = input.shape;
  return shapes;
}

}  // namespace quantrail
