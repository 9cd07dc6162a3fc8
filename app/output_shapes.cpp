#include "app/output_shapes.h"

#include <optional>
#include <utility>

#include "model/infer.h"
#include "model/probe.h"

namespace quantrail::app {

std::vector<Shape> output_shapes(const Graph& graph) {
  const std::int64_t batch = fixed_batch(graph).value_or(1);
  const auto declared = input_shapes(graph, batch);
  const auto sizes = declared ? std::optional(*declared) : fitting_shapes(graph, batch);
  const auto special = sizes ? specialised(graph, *sizes) : Result<Specialised>(Specialised{});
  std::vector<Shape> shapes;
  for (const auto& output : graph.outputs) {
    Shape shape = output.shape;
    if (special && special->types.contains(output.name)) shape = special->types.find(output.name)->second.shape;
    if (!shape.empty()) shape.erase(shape.begin());
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace quantrail::app
