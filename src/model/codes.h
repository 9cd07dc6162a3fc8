#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "model/graph.h"
#include "model/quantization.h"

namespace quantrail {

// What the integers of a quantized layer are. The runtime, the exporter and bias correction all take them from here, so
// that what is measured is what ships. Rounding is half to even; divisions are IEEE float32, as ONNX defines them.

/// clamp(round(real / scale) + zero_point, 0, 255); NaN gives the zero point.
[[nodiscard]] std::uint8_t activation_code(float real, ActivationParams params);
/// scale * (code - zero_point).
[[nodiscard]] float activation_real(std::uint8_t code, ActivationParams params);

/// What a Relu or Clip lets through.
struct Bounds {
  float lo = -std::numeric_limits<float>::infinity();
  float hi = std::numeric_limits<float>::infinity();
  bool operator==(const Bounds&) const = default;
};
/// Of a Relu, or of a Clip whose bounds are constant or left out; everything for other operators.
[[nodiscard]] Bounds bounds_of(const Graph& graph, const Node& node);
/// Whether clamping to `bounds` before quantizing changes no code: the codes' own range does it.
[[nodiscard]] bool covered_by_codes(Bounds bounds, ActivationParams params);

/// clamp(round(real / scale[c]), lowest, 127) of each element, in the tensor's order. Preconditions: float32; `axis` is
/// an axis of the tensor; one scale per slice along it, or one for all.
[[nodiscard]] std::vector<std::int8_t> int8_weights(const Tensor& weights, const WeightParams& params);

/// What these stand for: scale[c] * code.
[[nodiscard]] std::vector<float> dequantized_weights(const Tensor& weights, const WeightParams& params);

/// input_scale * weight_scale[c] as float32 products: what one step of the accumulator and of the bias stands for.
[[nodiscard]] std::vector<float> accumulator_scales(float input_scale, const WeightParams& params);

/// round(bias[c] / accumulator_scale[c]), saturated to int32. One scale per bias, or one for all.
[[nodiscard]] std::vector<std::int32_t> int32_bias(std::span<const float> bias,
                                                   std::span<const float> accumulator_scales);

/// Axis of the output channels in the constant weights of a Conv, Gemm or MatMul:
/// Conv 0, Gemm 1 (0 with transB), MatMul the last.
[[nodiscard]] std::int64_t output_channel_axis(const Node& node, const Tensor& weights);

/// The bias of a Conv or Gemm as one value per output channel (a scalar or [1, N] one is spread); empty when it has
/// none, and for other operators. Preconditions: weights and bias are constant.
[[nodiscard]] std::vector<float> own_bias(const Graph& graph, const Node& node);

/// The bias that the layer has while it runs in integers: corrected where `quantization` corrects it, else its own.
[[nodiscard]] std::vector<float> integer_bias(const Graph& graph, const Node& node, const Quantization& quantization);

}  // namespace quantrail
