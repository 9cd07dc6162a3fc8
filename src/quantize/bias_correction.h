#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/infer.h"
#include "model/quantization.h"

namespace quantrail {

/// What calibration knows about one Conv or Gemm.
struct LayerMeans {
  std::span<const double> input{};   ///< mean per input channel
  std::span<const double> output{};  ///< mean per output channel, bias included, activation excluded
};

enum class BiasForm { OutputMean, TinyDifference, WeightsOnly };

/// Mean over all output positions of what a Conv or Gemm with `weights` (in the layout of its constant) makes, without
/// bias, of an input that has the constant value `input[c]` in channel c. Exact, padding included: a kernel position
/// counts with the share of outputs for which it lies inside the input.
[[nodiscard]] std::vector<double> mean_response(const Graph& graph,
                                                const std::map<std::string, TensorType, std::less<>>& types,
                                                const Node& node, std::span<const float> weights,
                                                std::span<const double> input);

[[nodiscard]] std::optional<std::vector<float>> corrected_bias(
    const Graph& graph, const std::map<std::string, TensorType, std::less<>>& types, const Node& node,
    const WeightParams& weights, ActivationParams input, const LayerMeans& means, double threshold, BiasForm form);

}  // namespace quantrail
