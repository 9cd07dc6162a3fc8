#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// The same network at opset 13 or above: graphs of an older opset get each operator's opset-13 form (attributes that
/// became inputs, Softmax over one axis, Upsample as Resize, ...); newer ones are returned unchanged.
/// Precondition: a well-formed graph. Errors: InvalidInput, Unsupported, naming the node.
[[nodiscard]] Result<Graph> upgraded(Graph graph);

}  // namespace quantrail
