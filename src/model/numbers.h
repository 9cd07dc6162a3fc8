#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "base/error.h"
#include "model/tensor.h"

namespace quantrail {

/// Calls `work` with a value of the C++ type for `type`; only its type matters. Errors: Unsupported for float16 and
/// bool, with which no arithmetic is done.
template <class Work>
Status for_number_type(ElementType type, Work&& work) {
  switch (type) {
    case ElementType::Float32: return work(float{});
    case ElementType::Float64: return work(double{});
    case ElementType::Int8: return work(std::int8_t{});
    case ElementType::Uint8: return work(std::uint8_t{});
    case ElementType::Int32: return work(std::int32_t{});
    case ElementType::Int64: return work(std::int64_t{});
    default: return fail(Cause::Unsupported, "arithmetic on {} is not supported", name_of(type));
  }
}

/// The same for floating types only.
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
