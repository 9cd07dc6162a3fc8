#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail::app {

/// Whether the runtime can compute the canonical `graph` for one sample, of sizes that it declares or, where it leaves
/// some open, of sizes that fit. Errors: what infers shapes and builds plans says.
[[nodiscard]] Status computable(const Graph& graph);

}  // namespace quantrail::app
