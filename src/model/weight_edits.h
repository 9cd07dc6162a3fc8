#pragma once

#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// Whether `quantization` changes the graph's float constants or puts in multiplications.
[[nodiscard]] bool has_edits(const Quantization& quantization);

/// `graph` with the weight edits and input scalings of `quantization` in place, and the corrected biases of ignored
/// nodes: what everything else in the quantization refers to. Nodes keep their order and names; the same graph where
/// there is nothing to change.
[[nodiscard]] Graph edited(const Graph& graph, const Quantization& quantization);

}  // namespace quantrail
