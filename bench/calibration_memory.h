#pragma once

#include "network.h"
#include "report.h"

namespace quantrail::bench {

/// MiB that learning the statistics of `samples` samples adds to the peak of a process that holds the network and has
/// run it once in float; for a process of its own, on `threads` threads. Everything is asked for that any parameter can
/// ask for: extremes, quantiles, histograms, channel means, magnitudes and quantiles of every quantized value. Errors:
/// what calibration gives.
[[nodiscard]] Result<Row> measured_calibration_memory(const Network& network, std::size_t samples, std::size_t threads);

}  // namespace quantrail::bench
