#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

/// One sample of one value: float32 [rows, channels, spatial], or with `channels_last` [rows, spatial, channels].
struct SampleView {
  std::span<const float> values{};
  std::int64_t rows = 1;  ///< several where a network folds something into the batch axis (tokens)
  std::int64_t channels = 1;
  bool channels_last = false;
  std::int64_t last_axis = 0;  ///< its size, where there are more than two axes; else 0
};

/// A watched value of a sample, as soon as it is computed.
struct ValueInSight {
  std::size_t sample = 0;  ///< position in the list of samples
  std::size_t worker = 0;  ///< in [0, threads): calls of different workers run at the same time
  std::size_t value = 0;   ///< position in the list of values
  SampleView view{};       ///< valid during the call
};

struct PassOptions {
  std::size_t threads = 1;
  std::stop_token stop{};
  /// Called with the number of samples learned so far, ascending, one call at a time, on any thread.
  std::function<void(std::size_t)> progress{};
  /// Runs integer layers in integers, as a model quantized like this does; null: all in float.
  const Quantization* quantization = nullptr;
};

/// What remains to be done with one value of one sample, in the order of samples.
using Lesson = std::function<void()>;

/// Runs the canonical `graph` over `samples` (positions in `dataset`) and calls look() for each watched value
/// of each, on any thread. Sums must have a fixed order, so look() only measures, and what it returns learns: these are
/// called one at a time, those of one value in the given order of samples, whatever the threads. Memory grows neither
/// with the number of samples nor with that of values. Values: inputs of the network, and float32 values that it
/// computes, as computed before any activation behind them. Errors: what the plan and the dataset give; of several
/// failures the one of the first sample; InvalidInput when there are no samples, or the dataset's arrays do not fit the
/// network's inputs; Cancelled.
[[nodiscard]] Status watched(const Graph& graph, const std::vector<std::string>& values, const Dataset& dataset,
                             std::span<const std::size_t> samples, const PassOptions& options,
                             const std::function<Lesson(const ValueInSight&)>& look);

}  // namespace quantrail
