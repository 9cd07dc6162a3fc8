#pragma once

#include <cstdint>

#include "model/graph.h"

namespace quantrail {

/// Whether the operators alone show that no sample of a batch of `batch` influences another. False where they do not
/// show it: operators over the first axis (a mean over the batch), or whose sense depends on how they are used.
[[nodiscard]] bool apart_by_structure(const Graph& graph, std::int64_t batch);

}  // namespace quantrail
