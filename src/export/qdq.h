#pragma once

#include "model/lowering.h"

namespace quantrail {

/// The canonical `graph` with `quantization` written out as QuantizeLinear and DequantizeLinear nodes, so that
/// `lowering` (of the same three) is what ONNX Runtime computes:
/// - a value with codes is quantized once and dequantized once, with scalar scales and explicit zero points; integer
///   layers and readers of codes use that, all others the value itself;
/// - integer layers have int8 weights, int32 biases at input scale * weight scale, each behind a DequantizeLinear;
/// - a Relu or Clip that the codes' range makes superfluous is gone: its layer writes its result;
/// - a float Conv, ConvTranspose, Gemm or MatMul with constant weights reads codes through a DequantizeLinear of its
///   own with one scale per channel: ONNX Runtime would otherwise turn it into an integer layer on its own. Where there
///   is one channel, where a float MaxPool or Reshape or the like lies between, and in front of a Softmax whose result
///   has codes, the guard is a Max with the lowest number;
/// - so it is behind a float MaxPool whose positions are read, since ONNX Runtime would pool codes, which have ties.
/// Names of nodes, inputs and outputs stay; new nodes and values are named after the value or node that they serve.
[[nodiscard]] Graph with_qdq(const Graph& graph, const Quantization& quantization, const Lowering& lowering);

}  // namespace quantrail
