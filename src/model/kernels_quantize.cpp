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

/// Slice by slice, since weights are large: neighbours have the same scale, but in blocks.
template <class Code, class T>
void dequantize_codes(const KernelCall& call, const QuantizationLayout& layout, std::span<const std::int64_t> zeros) {
  using Wide = std::conditional_t<(sizeof(Code) < 4), std::int32_t, std::int64_t>;
  const auto codes = call.input(0).values<Code>();
  const auto scales = call.input(1).values<T>();
  const auto reals = call.output().values<T>();
  const std::size_t slice_size = layout.size == 1 ? codes.size() : static_cast<std::size_t>(layout.inner);
  const std::size_t run = layout.block != 0 ? 1 : slice_size;
  for (std::size_t first = 0; first < codes.size(); first += run) {
    const auto slice = layout.scale_of(static_cast<std::int64_t>(first));
    const T scale = scales[slice];
    const auto zero = static_cast<Wide>(zeros[slice]);
    const std::size_t end = std::min(first + run, codes.size());
    for (std::size_t at = first; at < end; ++at)
      reals[at] = static_cast<T>(static_cast<Wide>(codes[at]) - zero) * scale;
  }
}

Status dequantize(const KernelCall& call) {
  const auto layout = quantization_layout(call.view);
  if (!layout) return failed(layout);
  const auto zeros = zero_points(call);
  return for_float_type(call.output().type, [&](auto real) -> Status {
    return for_integer_type(call.input(0).type, [&](auto code) -> Status {
      dequantize_codes<decltype(code), decltype(real)>(call, *layout, zeros);
      return {};
    });
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
