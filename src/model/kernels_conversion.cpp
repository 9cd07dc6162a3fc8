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

}  // namespace

void add_conversion_kernels(Kernels& kernels) {
  kernels["Cast"] = {cast, kAsStored};
  kernels["CastLike"] = {cast, kAsStored};
}

}  // namespace quantrail
