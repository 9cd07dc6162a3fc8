#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// How many leading inputs of the node are values that it only moves or selects, so that it can as well move their
/// codes: all of a Concat, one of MaxPool, Reshape, Transpose, ...; 0 where it computes, or brings in values of its
/// own.
[[nodiscard]] std::size_t moved_values(const Graph& graph, const Node& node);

/// Nodes that move the codes of a QuantizeLinear move what they stand for instead, between a DequantizeLinear and a
/// QuantizeLinear of their own: the same codes, in the form that pairs are recognised in. Errors: those of code_rule().
[[nodiscard]] Status lift_code_moves(Graph& graph);

}  // namespace quantrail
