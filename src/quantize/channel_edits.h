#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "model/quantization.h"
#include "quantize/placement.h"
#include "quantize/statistics.h"

namespace quantrail {

/// A layer whose result one other layer alone reads, directly or through an activation.
struct ChannelPair {
  std::string producer{};  ///< node names
  std::string consumer{};
  std::string between{};  ///< the value that the consumer reads
  float bound = 0.0F;     ///< what the activation between clips to from above; 0 where it does not
  /// The activation between is x * g(x), as SiLU, hard-swish, Gelu and Mish are: the node that starts g. It must see x
  /// as it was before the channels were scaled, and may: x' = s * x gives x' * g(x' / s) = s * x * g(x). Empty: no
  /// such.
  std::string gate{};
  bool in_one = false;        ///< the gate's node is all of x * g(x), so that what it gives is scaled instead of its x
  float closed_below = 0.0F;  ///< g(x) is below half a code for x < -closed_below
  bool operator==(const ChannelPair&) const = default;
};

/// What is known of a value's channels: the layer's weights alone do not say how wide they are.
struct ChannelEdits {
  Quantization edits{};                         ///< weight_edits and input_scalings alone
  std::set<std::string, std::less<>> halved{};  ///< layers that keep to half the codes: they read aligned channels
};

/// Pairs whose channels POT's ActivationChannelAlignment brings into line: the consumer a Conv of one group with
/// strides and dilations 1 and without pads, the producer a Conv, Gemm or MatMul, nothing in between. By consumer name.
[[nodiscard]] std::vector<ChannelPair> alignable(const Graph& graph);

/// Pairs that cross-layer equalization (Nagel et al., "Data-free quantization through weight equalization and bias
/// correction", 2019) can scale: Conv or Gemm, then nothing, a Relu, or a Clip from 0, then Conv; one of both
/// depthwise. Ours: or x * g(x), then a depthwise Conv. In graph order.
[[nodiscard]] std::vector<ChannelPair> equalizable(const Graph& graph);

/// Values that MatMul and Gemm layers with constant weights read and whose channels SmoothQuant (Xiao et al., 2022)
/// scales: by value, the layers, in graph order. Layers in `excluded` have no part.
struct Smoothable {
  std::string value{};
  std::vector<std::string> layers{};
  bool operator==(const Smoothable&) const = default;
};
[[nodiscard]] std::vector<Smoothable> smoothable(const Graph& graph, const Placement& placement);

/// What must be known for channel_edits() to answer; empty where there is nothing to edit.
[[nodiscard]] StatisticsRequest edits_request(const Graph& graph, const Placement& placement,
                                              const QuantizationParams& params);

/// Changes of the float weights that make 8 bits go further, and leave the network as it is:
/// - alignment, of POT: per channel a mean m = (low + high) / 2 moves into the consumer's bias, and a width
///   r = high - low becomes the median width: s = r / median(r > 0), within [0.01, 100], 1 for dead channels; low and
///   high are medians over samples of the channel's quantiles 1e-4 and 1 - 1e-4;
/// - equalization: where it is wanted, else in front of depthwise layers whose channels lose two bits on average, since
///   they have less than a quarter of the widest channel's codes (POT has activations per channel there, for which CPUs
///   have no kernels). Each channel is widened towards the widest, in front of a depthwise layer entirely (as POT's
///   activations per channel have it), in front of others to the square root of what its weights leave; never more than
///   100 times, and never so far that a value which calibration has seen meets the Clip in between. A gate x * g(x) in
///   between costs a multiplication in float, or two where one node is all of it, so it is crossed only where channels
///   lose that much; and x's negative side, which hardly passes, shall have no more than a third of the codes;
/// - SmoothQuant: s = max|x|^alpha / max|w|^(1 - alpha) per channel, the activation is divided by s, the weights
///   multiplied. The division goes into the scale and shift that computed the value where nobody else reads it, else it
///   is a multiplication of its own.
[[nodiscard]] ChannelEdits channel_edits(const Graph& graph, const Placement& placement,
                                         const QuantizationParams& params, const Statistics& statistics);

}  // namespace quantrail
