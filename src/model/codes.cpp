#include "model/codes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace quantrail {
namespace {

// Of the current rounding mode, which nobody in this program changes: half to even.
double rounded(double value) { return std::nearbyint(value); }

/// 1.5 * 2^23. Adding it to x, |x| <= 2^22, rounds x half to even, and leaves the integer in the low bits of the sum.
constexpr float kRounder = 12582912.0F;

/// One tensor's or channel's rule: clamp(round(value / scale), lowest, 127), NaN gives 0. Where the lowest is -128, no
/// value may be beyond 127 steps: codes that a file holds are not.
struct WeightCoder {
  float scale = 1.0F;
  std::int32_t largest = std::bit_cast<std::int32_t>(127.0F);  ///< magnitude of the lowest code, as the bits of a float

  WeightCoder(float scale_, std::int32_t lowest)
      : scale(scale_), largest(std::bit_cast<std::int32_t>(-static_cast<float>(lowest))) {}
};

/// Compares magnitudes as integers, which order like the floats they stand for: loops over float comparisons are not
/// vectorised.
std::int8_t weight_code(float value, WeightCoder coder) {
  constexpr std::uint32_t kMagnitude = 0x7FFFFFFF;
  constexpr auto kInfinity = std::bit_cast<std::int32_t>(std::numeric_limits<float>::infinity());
  const auto steps = std::bit_cast<std::uint32_t>(value / coder.scale);
  auto magnitude = static_cast<std::int32_t>(steps & kMagnitude);
  magnitude = magnitude > kInfinity ? 0 : magnitude;
  magnitude = magnitude > coder.largest ? coder.largest : magnitude;
  const auto clamped = std::bit_cast<float>(static_cast<std::uint32_t>(magnitude) | (steps & ~kMagnitude));
  return static_cast<std::int8_t>(std::bit_cast<std::uint32_t>(clamped + kRounder));
}

void weight_codes(std::span<const float> values, WeightCoder coder, std::int8_t* codes) {
  for (std::size_t i = 0; i < values.size(); ++i) codes[i] = weight_code(values[i], coder);
}

std::size_t channels_of(const Tensor& weights, std::int64_t axis) {
  return static_cast<std::size_t>(weights.shape[static_cast<std::size_t>(axis)]);
}

/// Elements between neighbours along `axis`.
std::size_t elements_behind(const Tensor& weights, std::int64_t axis) {
  std::size_t inner = 1;
  for (auto a = static_cast<std::size_t>(axis) + 1; a < weights.shape.size(); ++a) {
    inner *= static_cast<std::size_t>(weights.shape[a]);
  }
  return inner;
}

}  // namespace

std::uint8_t activation_code(float real, ActivationParams params) {
  const float steps = real / params.scale;
  if (std::isnan(steps)) return params.zero_point;
  const double zero_point = params.zero_point;
  return static_cast<std::uint8_t>(std::clamp(rounded(steps), -zero_point, 255.0 - zero_point) + zero_point);
}

float activation_real(std::uint8_t code, ActivationParams params) {
  return params.scale * static_cast<float>(code - params.zero_point);
}

Bounds bounds_of(const Graph& graph, const Node& node) {
  Bounds bounds;
  if (node.op == "Relu") bounds.lo = 0.0F;
  if (node.op != "Clip") return bounds;
  const auto set = [&](std::size_t input, float& bound) {
    const auto constant = constant_input(graph, node, input);
    if (constant != nullptr && element_count(constant->shape) == 1) bound = floats_of(*constant)[0];
  };
  set(1, bounds.lo);
  set(2, bounds.hi);
  return bounds;
}

bool covered_by_codes(Bounds bounds, ActivationParams params) {
  return activation_code(bounds.lo, params) == 0 && activation_code(bounds.hi, params) == 255;
}

std::vector<std::int8_t> int8_weights(const Tensor& weights, const WeightParams& params) {
  const auto values = weights.values<float>();
  const std::size_t channels = channels_of(weights, params.axis);
  const std::size_t inner = elements_behind(weights, params.axis);
  std::vector<std::int8_t> codes(values.size());
  std::size_t channel = 0;
  for (std::size_t first = 0; first < values.size(); first += inner) {
    const WeightCoder coder(params.scale[params.scale.size() == 1 ? 0 : channel], params.lowest);
    if (inner == 1)
      codes[first] = weight_code(values[first], coder);
    else
      weight_codes(values.subspan(first, inner), coder, codes.data() + first);
    if (++channel == channels) channel = 0;
  }
  return codes;
}

std::vector<float> dequantized_weights(const Tensor& weights, const WeightParams& params) {
  const auto codes = int8_weights(weights, params);
  const std::size_t inner = elements_behind(weights, params.axis);
  std::vector<float> reals(codes.size());
  std::size_t channel = 0;
  for (std::size_t first = 0; first < reals.size(); first += inner) {
    const float scale = params.scale[channel];
    for (std::size_t i = first; i < first + inner; ++i) reals[i] = scale * static_cast<float>(codes[i]);
    channel = channel + 1 == params.scale.size() ? 0 : channel + 1;
  }
  return reals;
}

std::vector<float> accumulator_scales(float input_scale, const WeightParams& params) {
  std::vector<float> scales = params.scale;
  for (float& scale : scales) scale *= input_scale;
  return scales;
}

std::vector<std::int32_t> int32_bias(std::span<const float> bias, std::span<const float> accumulator_scales) {
  constexpr double kLowest = std::numeric_limits<std::int32_t>::min();
  constexpr double kHighest = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int32_t> codes(bias.size());
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const float steps = bias[c] / accumulator_scales[accumulator_scales.size() == 1 ? 0 : c];
    codes[c] = static_cast<std::int32_t>(std::isnan(steps) ? 0.0 : std::clamp(rounded(steps), kLowest, kHighest));
  }
  return codes;
}

std::int64_t output_channel_axis(const Node& node, const Tensor& weights) {
  if (node.op == "Conv") return 0;
  if (node.op == "Gemm") return int_attribute(node, "transB", 0) != 0 ? 0 : 1;
  return static_cast<std::int64_t>(weights.shape.size()) - 1;
}

std::vector<float> own_bias(const Graph& graph, const Node& node) {
  if (node.op != "Conv" && node.op != "Gemm") return {};
  const auto bias = constant_input(graph, node, 2);
  if (bias == nullptr) return {};
  auto values = floats_of(*bias);
  const auto weights = constant_input(graph, node, 1);
  const auto channels = channels_of(*weights, output_channel_axis(node, *weights));
  if (values.size() == 1) values.assign(channels, values[0]);
  return values;
}

std::vector<float> integer_bias(const Graph& graph, const Node& node, const Quantization& quantization) {
  const auto edit = quantization.bias_edits.find(node.name);
  return edit != quantization.bias_edits.end() ? edit->second : own_bias(graph, node);
}

}  // namespace quantrail
