#pragma once

#include <cstdint>

#include "base/error.h"
#include "data/dataset.h"
#include "model/graph.h"

namespace quantrail {

/// Samples of `data` that are computed at once by `graph`, which is sized() for them: micro_batch(), but 1 where
/// samples of a batch influence each other (a mean over the batch, a Softmax along it). Where operators do not show
/// that they do not, the float network is computed on a few samples, together and each alone. Depends on the two alone.
/// Errors: those of micro_batch().
[[nodiscard]] Result<std::int64_t> sample_batch(const Graph& graph, const Dataset& data);

}  // namespace quantrail
