#pragma once

#include <vector>

#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// The groups of `quantization` as POT cuts them (POT 2023.0, removal of one FakeQuantize): a layer goes back to float
/// together with all layers that read one of the quantized values it reads, through operators that only move values,
/// and with all layers that read what these read, and so on, so that no value is quantized for one reader alone.
/// `graph` has the edits of `quantization` in place. In graph order, named after the first group in each.
[[nodiscard]] std::vector<Group> closed_groups(const Graph& graph, const Quantization& quantization);

}  // namespace quantrail
