#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "data/dataset.h"
#include "model/graph.h"
#include "model/quantization.h"
#include "quantize/statistics.h"

namespace quantrail {

struct CollectOptions {
  std::size_t threads = 1;
  std::stop_token stop{};
  /// Called with the number of samples learned so far, ascending, one call at a time, on any thread.
  std::function<void(std::size_t)> progress{};
  /// Null: the float network. Else the graph as this says, of which outputs alone can be learned about.
  const Quantization* quantization = nullptr;
};

/// Runs the canonical `graph` over `samples` (positions in `dataset`) and learns what `request` asks for.
/// Samples are learned in the given order whatever the threads, so that the answer is the same to the bit; memory does
/// not grow with their number. Errors: what the plan and the dataset give; InvalidInput when the dataset's arrays do
/// not fit the network's inputs, or a requested value had no finite element at all; Cancelled.
[[nodiscard]] Result<Statistics> collected(const Graph& graph, const StatisticsRequest& request, const Dataset& dataset,
                                           std::span<const std::size_t> samples, const CollectOptions& options);

}  // namespace quantrail
