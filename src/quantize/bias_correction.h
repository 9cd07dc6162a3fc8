#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/quantization.h"
#include "quantize/placement.h"

namespace quantrail {

/// Mean over all output positions of what the Conv, Gemm or MatMul `node` makes, without bias, of an input that has the
/// constant value `input[c]` in channel c (of a MatMul: in column c), with `weights` in the layout of its constant.
/// Exact, padding included: a kernel position counts with the share of outputs for which it lies inside the input.
[[nodiscard]] std::vector<double> mean_response(const Graph& graph, const ValueTypes& types, const Node& node,
                                                std::span<const float> weights, std::span<const double> input);

/// Fast bias correction: the bias that makes up for the mean error of the rounded weights,
///     new = old + response(weights, means) - response(dequantized weights, means),
/// where `input_means` are the float network's means of the layer's input, one per channel. Layers are independent; a
/// layer without bias gets one; of a MatMul it is a shift of what is added behind it. Nothing when the largest change
/// is not below `threshold` times the largest magnitude among the old biases and the means of the float outputs: then
/// the weights' error is no small error any more.
///
/// POT computes new = mean float output - response(dequantized weights, quantized means). Where there is no padding and
/// nothing is rounded the two agree. On padded layers POT's takes the border for an error of the weights, and rounding
/// the means adds an error of up to half a step to each: it was measured to be worse than no correction at all.
[[nodiscard]] std::optional<std::vector<float>> corrected_bias(const Graph& graph, const ValueTypes& types,
                                                               const Node& node, const WeightParams& weights,
                                                               std::span<const double> input_means, double threshold);

}  // namespace quantrail
