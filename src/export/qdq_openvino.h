#pragma once

#include "model/lowering.h"

namespace quantrail {

/// The canonical `graph` with `quantization` written out for OpenVINO, which joins a QuantizeLinear and the
/// DequantizeLinear behind it to one FakeQuantize only where each has a single reader:
/// - every input of an integer layer that is an activation, and of a layer that computes in float from quantized inputs
///   (RevertMode::Compute), has a pair of its own; operators that only move values for such layers have the pair before
///   them, none behind. Nothing else is quantized: no result, no input of an operator that computes in float;
/// - weights are int8 per channel behind a DequantizeLinear, biases float, corrected where the quantization says so;
/// - Relu and Clip stay, also where the codes clamp already.
/// `lowering` is of the same three. Names of nodes, inputs and outputs stay.
[[nodiscard]] Graph with_pair_per_reader(const Graph& graph, const Quantization& quantization,
                                         const Lowering& lowering);

}  // namespace quantrail
