#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quantrail {

enum class ElementType : std::uint8_t {
  Float32,
  Float64,
  Float16,
  Int8,
  Uint8,
  Int32,
  Int64,
  Bool,
  Int16,
  Uint16,
  Uint32,
  Uint64,
  BFloat16,
};

/// "float32", "int64", ...
[[nodiscard]] std::string_view name_of(ElementType type);
[[nodiscard]] std::size_t size_of(ElementType type);
/// float16, bfloat16, float32 or float64.
[[nodiscard]] bool is_float(ElementType type);
/// float16 or bfloat16, which are stored as 16 bits and computed with as float32; half.h converts.
[[nodiscard]] bool is_half(ElementType type);

/// Sizes of the axes, outermost first; empty for a scalar. -1 stands for "not known yet" in types, never in a Tensor.
using Shape = std::vector<std::int64_t>;

/// Product of the sizes; 1 for a scalar. Precondition: no -1, and the product fits.
[[nodiscard]] std::int64_t element_count(const Shape& shape);

template <class T>
inline constexpr ElementType kElementType = [] {
  if constexpr (std::is_same_v<T, float>)
    return ElementType::Float32;
  else if constexpr (std::is_same_v<T, double>)
    return ElementType::Float64;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return ElementType::Int8;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return ElementType::Uint8;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return ElementType::Int32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return ElementType::Int64;
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return ElementType::Int16;
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return ElementType::Uint16;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return ElementType::Uint32;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return ElementType::Uint64;
  else {
    static_assert(std::is_same_v<T, bool>, "no element type for this C++ type");
    return ElementType::Bool;
  }
}();

/// A dense array, row-major. Invariant: bytes.size() == element_count(shape) * size_of(type).
struct Tensor {
  ElementType type = ElementType::Float32;
  Shape shape{};
  std::vector<std::byte> bytes{};

  bool operator==(const Tensor&) const = default;

  /// The elements; precondition: T is the element type.
  template <class T>
  [[nodiscard]] std::span<const T> values() const {
    assert(kElementType<T> == type);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <class T>
  [[nodiscard]] std::span<T> values() {
    assert(kElementType<T> == type);
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  /// A tensor of zeros.
  [[nodiscard]] static Tensor zeros(ElementType type, Shape shape);
  template <class T>
  [[nodiscard]] static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor = zeros(kElementType<T>, std::move(shape));
    assert(tensor.bytes.size() == values.size_bytes());
    if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
    return tensor;
  }
};

using TensorPtr = std::shared_ptr<const Tensor>;

/// All elements as integers; precondition: an integer or bool tensor. Above 2^63 - 1, uint64 wraps around.
[[nodiscard]] std::vector<std::int64_t> integers_of(const Tensor& tensor);
/// All elements as float32; precondition: is_float(tensor.type).
[[nodiscard]] std::vector<float> floats_of(const Tensor& tensor);

}  // namespace quantrail
