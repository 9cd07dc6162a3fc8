#pragma once

#include "base/error.h"
#include "model/external_data.h"
#include "model/graph.h"

namespace onnx {
class GraphProto;
}

namespace quantrail {

/// The graph as the message states it: Constant nodes and initializers are constants (also where they are listed as
/// inputs too), nodes in the file's order with the file's names. Errors: InvalidInput, Unsupported (foreign domains,
/// control flow, sequences, strings, sparse tensors), naming the node or tensor.
[[nodiscard]] Result<Graph> graph_from(const onnx::GraphProto& proto, std::int64_t opset, ExternalData& external);

}  // namespace quantrail
