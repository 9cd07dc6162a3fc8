#pragma once

#include <set>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// Values that a number of 1e4 or more, as masks are made of (-1e4, -65504, -1e9, the lowest float, -inf), went into by
/// arithmetic, selection or padding: beside it, nothing else would have codes of its own.
[[nodiscard]] std::set<std::string, std::less<>> masked_values(const Graph& graph);

}  // namespace quantrail
