#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// What the graph's first output, a bool, is whatever the inputs hold. It may follow from sizes of the inputs that are
/// declared, not from such as are open. Errors: Unsupported when it follows from data or open sizes, or when no shapes
/// of the inputs that were tried fit.
[[nodiscard]] Result<bool> known_condition(Graph graph);

}  // namespace quantrail
