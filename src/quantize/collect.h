#pragma once

#include "quantize/sample_pass.h"
#include "quantize/statistics.h"

namespace quantrail {

/// Runs the canonical `graph` over `samples` (positions in `dataset`) and learns what `request` asks for. Samples are
/// learned in the given order whatever the threads, so that the answer is the same to the bit; memory grows with their
/// number only as StatisticsRequest says. Errors: those of watched(); InvalidInput when a requested value had no finite
/// element at all.
[[nodiscard]] Result<Statistics> collected(const Graph& graph, const StatisticsRequest& request, const Dataset& dataset,
                                           std::span<const std::size_t> samples, const PassOptions& options);

}  // namespace quantrail
