#pragma once

#include <set>

#include "model/lowering.h"

namespace quantrail {

/// Positions of the Adds behind an integer MatMul that ONNX Runtime would take for the bias of a Gemm, and compute
/// together with the product, in float or with the addend rounded: of a constant vector behind products of rank
/// 3 or more where all sizes of the inputs are declared, of a matrix behind products of rank 2. Written as the operator
/// Sum, which is the same function, they stay nodes of their own.
[[nodiscard]] std::set<std::size_t> product_sums(const Graph& graph, const GraphIndex& index, const Lowering& lowering);

}  // namespace quantrail
