#pragma once

#include "evaluate/evaluator.h"
#include "families/ort.h"
#include "model/load.h"
#include "model/quantization.h"

namespace quantrail::testing {

/// A network as `quantrail run` has it.
struct OurNetwork {
  Graph graph{};  ///< canonical
  Description description{};
};
[[nodiscard]] Result<OurNetwork> our_network(const Family& family);

/// What calibration on `samples` random samples, placement and quantization make of it with default parameters.
[[nodiscard]] Result<Quantization> our_quantization(const OurNetwork& network, std::size_t samples);

/// Runs one form of the network on every set of inputs in our runtime.
[[nodiscard]] Result<std::vector<Outputs>> run_in_ours(const OurNetwork& network, const Variant& variant,
                                                       const std::vector<Inputs>& sets);

}  // namespace quantrail::testing
