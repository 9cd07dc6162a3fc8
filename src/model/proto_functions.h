#pragma once

#include "base/error.h"

namespace onnx {
class ModelProto;
}

namespace quantrail {

/// Puts the nodes of a function in place of each call of it, for the functions that a model defines itself
/// (ModelProto.functions), so that nothing behind this need know of them. What a function calls "conv" is "call/conv"
/// in the graph. Domains that no operator is of any more are no longer imported.
/// Errors: InvalidInput for a function that calls itself, is defined twice or called with too many values, and where
/// calls multiply beyond all sense; Unsupported for a function of another opset than the model's.
[[nodiscard]] Status inline_functions(onnx::ModelProto& model, std::int64_t opset);

}  // namespace quantrail
