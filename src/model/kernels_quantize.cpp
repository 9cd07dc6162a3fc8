#include <algorithm>
#include <cmath>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/quantization_layout.h"

namespace quantrail {
namespace {

/// round(x / scale) + zero point, saturated; NaN gives the zero point. Rounding is half to even.
template <class Code>
Code code_of(float x, float scale, std::int64_t zero_point) {
  const float steps = std::nearbyint(x / scale);
  if (std::isnan(steps)) return static_cast<Code>(zero_point);
  return saturated<Code>(static_cast<double>(steps) + static_cast<double>(zero_point));
}

std::vector<std::int64_t> zero_points(const KernelCall& call) {
  if (call.has(2)) return integers_of(call.input(2));
  return std::vector<std::int64_t>(static_cast<std::size_t>(element_count(call.input(1).shape)), 0);
}

std::vector<float> reals_of(const Tensor& tensor) {
  if (is_float(tensor.type)) return floats_of(tensor);
  const auto integers = integers_of(tensor);
  std::vector<float> reals(integers.size());
  std::transform(integers.begin(), integers.end(), reals.begin(),
                 [](std::int64_t value) { return static_cast<float>(value); });
  return reals;
}

Status quantize(const KernelCall& call) {
  const auto layout = quantization_layout(call.view);
  if (!layout) return failed(layout);
  const auto values = reals_of(call.input(0));
  const auto scales = floats_of(call.input(1));
  const auto zeros = zero_points(call);
  return for_integer_type(call.output().type, [&](auto zero) -> Status {
    using Code = decltype(zero);
    Code* codes = call.output().values<Code>().data();
    for (std::size_t at = 0; at < values.size(); ++at) {
      const auto scale = layout->scale_of(static_cast<std::int64_t>(at));
      codes[at] = code_of<Code>(values[at], scales[scale], zeros[scale]);
    }
    return {};
  });
}

Status dequantize(const KernelCall& call) {
  const auto layout = quantization_layout(call.view);
  if (!layout) return failed(layout);
  const auto codes = integers_of(call.input(0));
  const auto zeros = zero_points(call);
  return for_float_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto scales = call.input(1).values<T>();
    T* reals = call.output().values<T>().data();
    for (std::size_t at = 0; at < codes.size(); ++at) {
      const auto scale = layout->scale_of(static_cast<std::int64_t>(at));
      reals[at] = static_cast<T>(codes[at] - zeros[scale]) * scales[scale];
    }
    return {};
  });
}

/// Codes over the range of the values and zero; a tensor of zeros gets the scale 1.
Status dynamic_quantize(const KernelCall& call) {
  const auto values = call.input(0).values<float>();
  float lowest = 0.0F;
  float highest = 0.0F;
  for (const float value : values) {
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  const float scale = lowest == highest ? 1.0F : (highest - lowest) / 255.0F;
  const auto zero_point = saturated<std::uint8_t>(static_cast<double>(std::nearbyint(0.0F - lowest / scale)));
  std::transform(values.begin(), values.end(), call.output().values<std::uint8_t>().begin(),
                 [&](float value) { return code_of<std::uint8_t>(value, scale, zero_point); });
  if (call.outputs.size() > 1) call.outputs[1].values<float>()[0] = scale;
  if (call.outputs.size() > 2) call.outputs[2].values<std::uint8_t>()[0] = zero_point;
  return {};
}

}  // namespace

void add_quantize_kernels(Kernels& kernels) {
  kernels["QuantizeLinear"] = quantize;
  kernels["DequantizeLinear"] = dequantize;
  kernels["DynamicQuantizeLinear"] = dynamic_quantize;
}

}  // namespace quantrail
