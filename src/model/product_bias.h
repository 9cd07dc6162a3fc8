#pragma once

#include <optional>
#include <vector>

#include "model/graph.h"

namespace quantrail {

/// Where the MatMul at `at` has its bias: the position of the Add that alone reads its result, and adds a constant
/// vector with one float32 per output channel. Nothing for other operators, and where the right side is no constant
/// matrix.
[[nodiscard]] std::optional<std::size_t> bias_addition(const Graph& graph, const GraphIndex& index, std::size_t at);

/// The constant of the Add at `addition`, each element with what `shift` has for it added.
[[nodiscard]] std::vector<float> shifted_addend(const Graph& graph, const Node& addition,
                                                const std::vector<float>& shift);

/// Puts shifted_addend() in the place of that constant, if the MatMul at `at` has its bias in an addition.
void shift_addend(Graph& graph, const GraphIndex& index, std::size_t at, const std::vector<float>& shift);

}  // namespace quantrail
