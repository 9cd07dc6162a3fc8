#pragma once

#include "base/error.h"
#include "model/graph.h"
#include "model/lowering.h"
#include "model/quantization.h"

namespace quantrail {

/// A network that came with QuantizeLinear and DequantizeLinear nodes, in the form that our own quantization gives: a
/// graph of float operators, parameters, and who reads what in which form. It computes what the file says.
struct ImportedNetwork {
  Graph graph{};
  Quantization quantization{};  ///< without groups: nothing can be reverted
  Lowering lowering{};          ///< of `graph`; what ONNX Runtime fuses is not looked into
};

/// The canonical `graph` taken apart. A QuantizeLinear and the DequantizeLinear nodes behind it with the same uniform
/// constants, on 8 bits, become a point of the Quantization: their readers read codes where they run in integers, else
/// dequantized values. Layers with symmetric int8 weights, and arithmetic and moves between codes, run in integers.
/// Constants behind DequantizeLinear become float. What fits none of that stays a node. Inputs, outputs and the names
/// of nodes that compute stay. Errors: InvalidInput, naming the node, for scales that are no positive numbers.
[[nodiscard]] Result<ImportedNetwork> imported(const Graph& graph);

}  // namespace quantrail
