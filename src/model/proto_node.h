#pragma once

#include "base/error.h"
#include "model/external_data.h"
#include "model/graph.h"

namespace onnx {
class NodeProto;
}

namespace quantrail {

/// One node. Errors: Unsupported for a foreign domain, control flow, sequences and strings, naming the node; and what
/// its tensors give.
[[nodiscard]] Result<Node> node_from(const onnx::NodeProto& proto, std::int64_t opset, ExternalData& external);

/// The value of a Constant node. Errors: InvalidInput, Unsupported.
[[nodiscard]] Result<TensorPtr> constant_value(const Node& node);

}  // namespace quantrail
