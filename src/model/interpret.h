#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "model/graph.h"
#include "model/shape_rules.h"

namespace quantrail {

/// More than any real network's values, less than what would exhaust a machine at one stroke.
inline constexpr std::uint64_t kMostInterpretedBytes = std::uint64_t{1} << 32U;

/// Computes one node in plain loops: shape plumbing, data movement, elementwise arithmetic and comparisons, reductions,
/// Softmax, ... (interpretable() says which). Serves constant folding, the runtime's rare operators, and tests.
/// `inputs` holds null for optional inputs left out. Errors: InvalidInput or Unsupported, naming node, operator, opset;
/// also for results that together have more than `most_bytes`.
[[nodiscard]] Result<std::vector<Tensor>> interpreted(const Node& node, std::int64_t opset,
                                                      std::span<const Tensor* const> inputs,
                                                      std::uint64_t most_bytes = kMostInterpretedBytes);

/// Roughly how many multiply-adds that takes. Precondition: the shape rule has accepted the inputs.
[[nodiscard]] double interpretation_cost(const NodeView& view, const Types& outputs);

[[nodiscard]] bool interpretable(const std::string& op);

}  // namespace quantrail
