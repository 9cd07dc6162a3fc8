#pragma once

#include <set>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// Names of the layers whose weights get steps twice as wide (codes within +-64), so that kernels which add two u8 x s8
/// products in a saturating int16, on CPUs before VNNI, are exact. `fix` is POT's saturation_fix: "first_layer", the
/// first Conv met on every path from every input; "all", every Conv, Gemm and MatMul with constant weights; "no". Ours,
/// "measured": as "first_layer", the others being found in use (see spoilt_layers()).
[[nodiscard]] std::set<std::string, std::less<>> saturating_layers(const Graph& graph, const std::string& fix);

}  // namespace quantrail
