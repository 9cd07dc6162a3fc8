#pragma once

#include <string>

#include "model/tensor.h"

namespace quantrail::conformance {

/// How `ours` differs from what ONNX recorded, by the tolerance of ONNX's own runner (1e-3 relative, 1e-7 absolute);
/// empty when it does not.
[[nodiscard]] std::string difference(const Tensor& ours, const Tensor& theirs);

/// The same for element type and shape only, for operators that are random by nature.
[[nodiscard]] std::string type_difference(const Tensor& ours, const Tensor& theirs);

}  // namespace quantrail::conformance
