#pragma once

#include <map>
#include <string>

#include "model/graph.h"

namespace quantrail {

/// Why a node is part of something that stays float.
struct FloatPattern {
  std::string reason{};  ///< in words
  bool selects = false;  ///< it prepares a selection by comparison, so that what it reads must be exact as well
};

/// Nodes that stay float because of what they do together, by position in graph.nodes.
/// POT's ignored patterns as ONNX writes them, and some more, as far as other rules do not keep them in float anyway
/// (operators without an integer kernel, arithmetic with constants, products of two activations):
/// - squeeze-and-excitation branches: the pooling and both convolutions, which may as well be Gemm or MatMul;
/// - the multiplications of a decomposed hard-swish, and all of a decomposed Gelu, which the runtime computes as one
///   function of floats (ONNX Runtime too, where no DequantizeLinear comes directly before it);
/// - the squares, means and products of a decomposed normalisation (layer, instance, RMS, L2) or softmax;
/// - sums and products that masks go into (masks.h), and sums that lead to a Softmax alone;
/// - layers and sums that lead to a Log alone;
/// - what computes boxes and scores for NonMaxSuppression or TopK behind the last layer with weights.
[[nodiscard]] std::map<std::size_t, FloatPattern> float_patterns(const Graph& graph, const GraphIndex& index);

}  // namespace quantrail
