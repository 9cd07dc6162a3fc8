#pragma once

#include <vector>

#include "model/graph.h"

namespace quantrail::app {

/// Shapes of the outputs for one sample, without the batch; empty where one cannot be told.
[[nodiscard]] std::vector<Shape> output_shapes(const Graph& graph);

}  // namespace quantrail::app
