#pragma once

#include <map>
#include <string>

#include "model/graph.h"
#include "runtime/plan.h"

namespace quantrail::testing {

using Values = std::map<std::string, Tensor, std::less<>>;

/// Every value of the network by definition: the interpreter's float64 sums over quantized and dequantized operands,
/// one node after the other. `inputs` are concrete; reads follow lowered().
[[nodiscard]] Values expected_values(const Graph& graph, const PlanOptions& options, const Values& inputs);

}  // namespace quantrail::testing
