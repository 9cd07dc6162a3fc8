#pragma once

#include <string>
#include <vector>

#include "model/graph.h"
#include "quantize/statistics.h"

namespace quantrail {

/// What a person should know of calibration data, from what was learned of the network's inputs: that some elements are
/// no numbers, which ranges leave out.
[[nodiscard]] std::vector<std::string> data_remarks(const Graph& graph, const Statistics& learned);

}  // namespace quantrail
