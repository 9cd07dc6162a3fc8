#pragma once

#include "data/dataset.h"
#include "evaluate/evaluator.h"
#include "families/ort.h"
#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail::testing {

/// A network as `quantrail run` has it.
struct OurNetwork {
  Graph graph{};  ///< canonical
  std::filesystem::path file{};
};
[[nodiscard]] Result<OurNetwork> our_network(const std::filesystem::path& file);

/// What calibration on all of `data`, placement and quantization make of the canonical `graph`, with default
/// parameters.
[[nodiscard]] Result<Quantization> our_quantization(const Graph& graph, const Dataset& data);

/// Runs one form of the canonical `graph` on every set of inputs in our runtime.
[[nodiscard]] Result<std::vector<Outputs>> run_in_ours(const Graph& graph, const Variant& variant,
                                                       const std::vector<Inputs>& sets);

}  // namespace quantrail::testing
