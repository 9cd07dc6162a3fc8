#include <algorithm>
#include <cmath>

#include "model/half.h"
#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

template <class To, class From>
void convert(std::span<const From> from, std::span<std::byte> bytes) {
  auto* to = reinterpret_cast<To*>(bytes.data());
  for (const auto value : from) {
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
      *to++ = saturated<To>(static_cast<double>(value));
    } else {
      *to++ = static_cast<To>(value);
    }
  }
}

/// Halves are rounded once: from float32 where that holds the value, else from double.
template <class From>
void convert_to_half(std::span<const From> from, Tensor& out) {
  using Wide = std::conditional_t<std::is_same_v<From, float> || sizeof(From) <= 2, float, double>;
  auto* to = reinterpret_cast<std::uint16_t*>(out.bytes.data());
  const bool ieee = out.type == ElementType::Float16;
  for (const auto value : from) {
    const auto wide = static_cast<Wide>(value);
    *to++ = ieee ? to_float16(wide) : to_bfloat16(wide);
  }
}

template <class From>
void convert_from(std::span<const From> from, Tensor& out) {
  switch (out.type) {
    case ElementType::Float32: return convert<float>(from, out.bytes);
    case ElementType::Float64: return convert<double>(from, out.bytes);
    case ElementType::Int8: return convert<std::int8_t>(from, out.bytes);
    case ElementType::Uint8: return convert<std::uint8_t>(from, out.bytes);
    case ElementType::Int32: return convert<std::int32_t>(from, out.bytes);
    case ElementType::Int64: return convert<std::int64_t>(from, out.bytes);
    case ElementType::Bool:
      std::transform(from.begin(), from.end(), out.bytes.begin(),
                     [](From value) { return std::byte{value != From{0}}; });
      return;
    case ElementType::Int16: return convert<std::int16_t>(from, out.bytes);
    case ElementType::Uint16: return convert<std::uint16_t>(from, out.bytes);
    case ElementType::Uint32: return convert<std::uint32_t>(from, out.bytes);
    case ElementType::Uint64: return convert<std::uint64_t>(from, out.bytes);
    case ElementType::Float16:
    case ElementType::BFloat16: return convert_to_half(from, out);
  }
}

Status cast(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  if (in.type == out.type) {
    out.bytes = in.bytes;
  } else if (is_half(in.type)) {
    convert_from<float>(floats_of(in), out);
  } else if (in.type == ElementType::Bool) {
    convert_from<std::uint8_t>({reinterpret_cast<const std::uint8_t*>(in.bytes.data()), in.bytes.size()}, out);
  } else {
    return for_number_type(in.type, [&](auto zero) -> Status {
      convert_from<decltype(zero)>(in.values<decltype(zero)>(), out);
      return {};
    });
  }
  return {};
}

/// The scale's layout seen from the quantized tensor: blocks of `inner` elements take turns with `count` scales.
struct Channels {
  std::size_t count = 1;
  std::size_t inner = 1;
};

Channels channels_of(const KernelCall& call) {
  const auto count = static_cast<std::size_t>(element_count(call.input(1).shape));
  if (count == 1) return {};
  const Shape& shape = call.input(0).shape;
  const auto axis = *normal_axis(call.view.integer("axis", 1), shape.size());
  return {count, static_cast<std::size_t>(
                     element_count({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()}))};
}

std::vector<std::int64_t> zero_points(const KernelCall& call, const Channels& channels) {
  return call.has(2) ? integers_of(call.input(2)) : std::vector<std::int64_t>(channels.count, 0);
}

Status quantize(const KernelCall& call) {
  if (call.input(0).type != ElementType::Float32 || call.input(1).type != ElementType::Float32) {
    return fail(Cause::Unsupported, "quantizing {} is not supported", name_of(call.input(0).type));
  }
  const auto values = call.input(0).values<float>();
  const auto scales = call.input(1).values<float>();
  const auto channels = channels_of(call);
  const auto zeros = zero_points(call, channels);
  const bool is_signed = call.output().type == ElementType::Int8;
  const double lowest = is_signed ? -128.0 : 0.0;
  for (std::size_t at = 0; at < values.size(); ++at) {
    const auto channel = at / channels.inner % channels.count;
    const float steps = std::nearbyint(values[at] / scales[channel]);
    const double code =
        std::clamp(static_cast<double>(steps) + static_cast<double>(zeros[channel]), lowest, lowest + 255.0);
    call.output().bytes[at] = static_cast<std::byte>(saturated<std::int32_t>(code));
  }
  return {};
}

Status dequantize(const KernelCall& call) {
  if (call.output().type != ElementType::Float32) {
    return fail(Cause::Unsupported, "dequantizing to {} is not supported", name_of(call.output().type));
  }
  const auto codes = integers_of(call.input(0));
  const auto scales = call.input(1).values<float>();
  const auto channels = channels_of(call);
  const auto zeros = zero_points(call, channels);
  auto* out = call.output().values<float>().data();
  for (std::size_t at = 0; at < codes.size(); ++at) {
    const auto channel = at / channels.inner % channels.count;
    out[at] = static_cast<float>(codes[at] - zeros[channel]) * scales[channel];
  }
  return {};
}

}  // namespace

void add_conversion_kernels(Kernels& kernels) {
  kernels["Cast"] = {cast, kAsStored};
  kernels["QuantizeLinear"] = quantize;
  kernels["DequantizeLinear"] = dequantize;
}

}  // namespace quantrail
