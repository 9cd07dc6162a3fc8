#pragma once

#include "base/error.h"
#include "model/external_data.h"

namespace onnx {
class GraphProto;
}

namespace quantrail {

/// Puts in place of each If the nodes of the branch that it takes, where its condition follows from constants and sizes
/// of the inputs that are declared, as exporters leave it behind ("squeeze this axis if its size is 1"); one inside of
/// a branch likewise. Errors: Unsupported for a condition that depends on data or open sizes, naming the If;
/// InvalidInput for an If that is not formed well.
[[nodiscard]] Status take_known_branches(onnx::GraphProto& graph, std::int64_t opset, ExternalData& external);

}  // namespace quantrail
