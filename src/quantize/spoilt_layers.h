#pragma once

#include <set>
#include <span>
#include <string>

#include "data/dataset.h"
#include "model/quantization.h"
#include "quantize/sample_pass.h"

namespace quantrail {

/// Names of the layers of `quantization` (of the canonical `graph`) whose results CPUs without VNNI would spoil, where
/// sums of two products saturate (see pair_saturation.h): on `samples` (positions in `dataset`) of the float network,
/// what results lose has more than 1e-4 of their energy, and more of it than half the codes for weights would cost: three
/// times the share of noise that the weights have now. Looked at are 64 positions of each result per sample, spread over all of it. Depthwise convolutions have no sums of channels,
/// and ONNX Runtime computes them exactly. Nothing depends on threads, to the bit. Errors: those of watched().
[[nodiscard]] Result<std::set<std::string, std::less<>>> spoilt_layers(const Graph& graph,
                                                                       const Quantization& quantization,
                                                                       const Dataset& dataset,
                                                                       std::span<const std::size_t> samples,
                                                                       const PassOptions& options);

}  // namespace quantrail
