#pragma once

#include "base/error.h"
#include "model/graph.h"

namespace quantrail {

/// The same network in the form that quantization and the runtime work on:
/// float16 and bfloat16 widened to float32, but for declared inputs and outputs; constants folded (but for
/// DequantizeLinear of networks that come quantized: its scales are needed); BatchNormalization
/// folded into the Conv, ConvTranspose or Gemm before it (and a constant scale or shift of channels likewise); Identity
/// and Dropout gone; MatMul + Add of a constant vector on rank 2 becomes Gemm; ReduceMean over the spatial axes becomes
/// GlobalAveragePool (+ Reshape where the axes were dropped); Einsum becomes MatMul where it is one; Resize, Pad and
/// CenterCropPad name all axes; chains of Relu and Clip become one; QLinearConv and QLinearMatMul are float operators
/// between QuantizeLinear and DequantizeLinear nodes; nodes that reach no output gone. A folded node's name goes to
/// `absorbed` of the node that now does its work; the surviving node keeps its own name, so that people recognise their
/// layers. Graph inputs and outputs keep their names.
[[nodiscard]] Result<Graph> canonicalised(Graph graph);

}  // namespace quantrail
