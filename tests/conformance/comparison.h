#pragma once

#include <string>

#include "model/tensor.h"

namespace quantrail::conformance {

/// How `ours` differs from what was recorded, by 1e-3 of the recorded value plus `absolute`; empty when it does not.
[[nodiscard]] std::string difference(const Tensor& ours, const Tensor& theirs, double absolute);

/// The same for element type and shape only, for operators that are random by nature.
[[nodiscard]] std::string type_difference(const Tensor& ours, const Tensor& theirs);

}  // namespace quantrail::conformance
