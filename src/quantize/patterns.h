#pragma once

#include <map>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// Nodes that stay float because of what they do together, by position in graph.nodes, with the reason in words:
/// squeeze-and-excitation branches (pooling, both convolutions), multiplications that are part of a decomposed
/// hard-swish, and whatever computes boxes and scores for NonMaxSuppression or TopK behind the last layer with weights.
[[nodiscard]] std::map<std::size_t, std::string> float_patterns(const Graph& graph, const GraphIndex& index);

}  // namespace quantrail
