#pragma once

#include <string>
#include <vector>

#include "model/graph.h"
#include "model/quantization.h"
#include "quantize/statistics.h"

namespace quantrail {

/// What a person should know of calibration data: that some elements of the network's inputs are no numbers, or where
/// all are, that some of the first value that the network makes of them are none. Ranges leave them out.
[[nodiscard]] std::vector<std::string> data_remarks(const Graph& graph, const Statistics& learned);

/// That codes end before calibration's values do, for the value of which most is lost, where that is a share of its
/// elements that people would not expect; empty otherwise.
[[nodiscard]] std::string clipping_remark(const Quantization& quantization, const Statistics& learned);

}  // namespace quantrail
