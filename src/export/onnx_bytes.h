#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// `graph` as an ONNX file: opset as in the graph (at least 13), the IR version that goes with it, constants that
/// somebody reads as initializers in name order, nodes in graph order, and `properties` as model metadata. Equal
/// arguments give equal bytes. Errors: Unsupported when the file would exceed protobuf's 2 GiB.
[[nodiscard]] Result<std::string> onnx_bytes(const Graph& graph,
                                             const std::map<std::string, std::string>& properties = {});

}  // namespace quantrail
