#pragma once

#include "conformance/run_case.h"

namespace quantrail::conformance {

/// As evaluation computes: the canonical graph as one Plan for the inputs' shapes.
[[nodiscard]] Result<std::vector<Tensor>> by_plan(const Graph& graph, std::span<const Tensor> inputs);

}  // namespace quantrail::conformance
