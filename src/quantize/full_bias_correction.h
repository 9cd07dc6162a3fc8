#pragma once

#include <functional>
#include <span>
#include <stop_token>

#include "data/dataset.h"
#include "model/quantization.h"
#include "quantize/placement.h"

namespace quantrail {

struct FullCorrection {
  std::size_t threads = 1;
  std::stop_token stop{};
  /// Called with the number of layers done.
  std::function<void(std::size_t)> progress{};
  double threshold = 1000.0;  ///< as of corrected_bias(); POT's default
  bool all_layers = false;    ///< also layers that are float because the user ignored them
  bool in_codes = false;      ///< the layers before run in integers: what their codes add is made up for as well
};

/// Layers whose biases full correction sets, in graph order: node names.
[[nodiscard]] std::vector<std::string> fully_correctable(const Graph& graph, const Quantization& quantization,
                                                         bool all_layers);

/// Full bias correction (POT's BiasCorrection): layer after layer,
///     new = old + mean of the float network's output - mean of the output with rounded weights
/// per channel, over `samples` and positions, where the layers before have rounded weights and the biases corrected so
/// far. Activations are not quantized meanwhile, as in POT, unless in_codes says so. That helps where means are off,
/// and harms where clipping shifts them in a few samples: measured, mixed, weights alone and with codes: the network
/// that ships without equalization .8705 and .9050, DS-CNN .8967 and .8900, YOLOX-nano .2481 and .2439 mAP. `graph` has
/// the edits of `quantization` in place. The result has other bias_edits. Errors: those of collected().
[[nodiscard]] Result<Quantization> fully_corrected(const Graph& graph, Quantization quantization,
                                                   const Dataset& dataset, std::span<const std::size_t> samples,
                                                   const FullCorrection& options);

}  // namespace quantrail
