#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// Calls `work` with a value of the C++ type for `type`; only its type matters. Errors: Unsupported for bool, and for
/// float16 and bfloat16, which kernels meet as float32 (KernelCall).
template <class Work>
Status for_number_type(ElementType type, Work&& work) {
  switch (type) {
    case ElementType::Float32: return work(float{});
    case ElementType::Float64: return work(double{});
    case ElementType::Int8: return work(std::int8_t{});
    case ElementType::Uint8: return work(std::uint8_t{});
    case ElementType::Int32: return work(std::int32_t{});
    case ElementType::Int64: return work(std::int64_t{});
    case ElementType::Int16: return work(std::int16_t{});
    case ElementType::Uint16: return work(std::uint16_t{});
    case ElementType::Uint32: return work(std::uint32_t{});
    case ElementType::Uint64: return work(std::uint64_t{});
    default: return fail(Cause::Unsupported, "arithmetic on {} is not supported", name_of(type));
  }
}

/// The same for integer types only.
template <class Work>
Status for_integer_type(ElementType type, Work&& work) {
  if (is_float(type)) return fail(Cause::Unsupported, "needs integers, not {}", name_of(type));
  return for_number_type(type, [&](auto zero) -> Status {
    if constexpr (std::is_integral_v<decltype(zero)>) return work(zero);
    return {};
  });
}

/// Calls `work` with an unsigned integer as wide as an element of `type`: enough to move and compare bits.
template <class Work>
auto for_storage(ElementType type, Work&& work) {
  switch (size_of(type)) {
    case 1: return work(std::uint8_t{});
    case 2: return work(std::uint16_t{});
    case 4: return work(std::uint32_t{});
    default: return work(std::uint64_t{});
  }
}

/// The same as for_number_type() for floating types only.
template <class Work>
Status for_float_type(ElementType type, Work&& work) {
  if (type == ElementType::Float32) return work(float{});
  if (type == ElementType::Float64) return work(double{});
  return fail(Cause::Unsupported, "arithmetic on {} is not supported", name_of(type));
}

/// `value` as T: towards zero and to T's nearest end when T is an integer; NaN becomes 0.
template <class T>
[[nodiscard]] T saturated(double value) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    if (std::isnan(value)) return 0;
    // The largest int64 is no double; the next double above it is 2^63.
    if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
    if (value <= static_cast<double>(std::numeric_limits<T>::lowest())) return std::numeric_limits<T>::lowest();
    return static_cast<T>(value);
  }
}

/// op(a, b), where integers wrap around, as in every ONNX implementation; in C++ only unsigned ones may.
template <class T, class Op>
[[nodiscard]] T wrapped(T a, T b, Op op) {
  if constexpr (std::is_floating_point_v<T>) {
    return op(a, b);
  } else {
    using Wide = std::conditional_t<(sizeof(T) < 4), std::uint32_t, std::make_unsigned_t<T>>;
    return static_cast<T>(op(static_cast<Wide>(a), static_cast<Wide>(b)));
  }
}

}  // namespace quantrail
