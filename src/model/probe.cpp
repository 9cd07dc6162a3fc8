#include "model/probe.h"

#include <algorithm>
#include <vector>

#include "model/told_sizes.h"

namespace quantrail {
namespace {

/// What is tried where neither the model nor a reader says a size.
struct Trial {
  std::int64_t image = 32;               ///< of inputs with four axes or more
  std::int64_t length = 32;              ///< of others
  std::optional<std::size_t> colours{};  ///< the axis, counted from the last, that has 3 in images
};

bool is_open(const Shape& shape, std::size_t axis) { return shape[axis] == -1; }
bool may_be_image(const Shape& shape) { return shape.size() >= 4; }

/// Axis of colours in images: [N,C,H,W] or [N,H,W,C].
std::optional<std::size_t> colour_axis(const Shape& shape, const Trial& trial) {
  if (!trial.colours || !may_be_image(shape)) return std::nullopt;
  return shape.size() - 1 - *trial.colours;
}

InputShapes made_up_shapes(InputShapes shapes, std::int64_t batch, const Trial& trial) {
  for (auto& [name, shape] : shapes) {
    const auto colours = colour_axis(shape, trial);
    const std::int64_t other = may_be_image(shape) ? trial.image : trial.length;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (is_open(shape, axis)) shape[axis] = axis == 0 ? batch : axis == colours ? 3 : other;
    }
  }
  return shapes;
}

bool only_batch_open(const InputShapes& shapes) {
  return std::all_of(shapes.begin(), shapes.end(), [](const auto& input) {
    const Shape& shape = input.second;
    return shape.empty() || std::find(shape.begin() + 1, shape.end(), -1) == shape.end();
  });
}

bool any_open(const InputShapes& shapes, bool images) {
  return std::any_of(shapes.begin(), shapes.end(), [&](const auto& input) {
    const Shape& shape = input.second;
    return may_be_image(shape) == images && shape.size() > 1 &&
           std::find(shape.begin() + 1, shape.end(), -1) != shape.end();
  });
}

std::vector<Trial> trials(const InputShapes& told) {
  if (only_batch_open(told)) return {Trial{}};
  const std::vector<std::int64_t> sizes = {32, 224, 64, 640, 16, 8, 4, 384, 256, 512, 336, 518};
  std::vector<Trial> list;
  for (const auto size : sizes) list.push_back({size, size});
  if (any_open(told, true) && any_open(told, false)) {
    for (const auto size : sizes) list.push_back({size, 16});
  }
  for (const std::size_t colours : {2U, 0U}) {
    const bool open = std::any_of(told.begin(), told.end(), [&](const auto& input) {
      const auto axis = colour_axis(input.second, {.colours = colours});
      return axis && is_open(input.second, *axis);
    });
    if (!open) continue;
    for (const std::int64_t size : {32, 224, 64, 640}) list.push_back({size, size, colours});
  }
  return list;
}

std::optional<Specialised> fitting(const Graph& graph, std::int64_t batch) {
  for (const auto& shapes : tried_shapes(graph, batch)) {
    if (auto model = specialised(graph, shapes)) return std::move(*model);
  }
  return std::nullopt;
}

bool only_batch_undeclared(const Graph& graph) {
  InputShapes declared;
  for (const auto& input : graph.inputs) declared[input.name] = input.shape;
  return only_batch_open(declared);
}

}  // namespace

std::vector<InputShapes> tried_shapes(const Graph& graph, std::int64_t batch) {
  const InputShapes told = told_sizes(graph);
  std::vector<InputShapes> shapes;
  for (const Trial& trial : trials(told)) shapes.push_back(made_up_shapes(told, batch, trial));
  return shapes;
}

Probe probed(const Graph& graph) {
  // Two samples, so that the batch is no axis to squeeze.
  const auto model = fitting(graph, 2);
  if (!model) return {};
  Probe probe{.exact = only_batch_undeclared(graph)};
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
