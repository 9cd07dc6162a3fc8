#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// The same graph with Graph's invariants: nodes in topological order (the given order where it is one), unique node
/// names ("_2", "_3" added), each value defined once, each output computed by a node. Errors: InvalidInput for a value
/// that nobody defines or that is defined twice, for a node without outputs and for a cycle; Unsupported for an input
/// that is an output itself. A first output that is left out gets a name.
[[nodiscard]] Result<Graph> well_formed(Graph graph);

/// Whether each node comes after the nodes whose outputs it reads.
[[nodiscard]] bool in_order(const Graph& graph);

}  // namespace quantrail
