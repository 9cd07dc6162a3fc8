#include "model/tensor.h"

#include <bit>
#include <cmath>

namespace quantrail {
namespace {

float float_from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 31U;
  const std::uint32_t mantissa = half & 1023U;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13U));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23U) | (mantissa << 13U));
  const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -magnitude : magnitude;
}

template <class To, class From>
std::vector<To> converted(const Tensor& tensor) {
  const auto* from = reinterpret_cast<const From*>(tensor.bytes.data());
  return {from, from + tensor.bytes.size() / sizeof(From)};
}

}  // namespace

std::string_view name_of(ElementType type) {
  switch (type) {
    case ElementType::Float32: return "float32";
    case ElementType::Float64: return "float64";
    case ElementType::Float16: return "float16";
    case ElementType::Int8: return "int8";
    case ElementType::Uint8: return "uint8";
    case ElementType::Int32: return "int32";
    case ElementType::Int64: return "int64";
    case ElementType::Bool: return "bool";
  }
  return "?";
}

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::Float64:
    case ElementType::Int64: return 8;
    case ElementType::Float32:
    case ElementType::Int32: return 4;
    case ElementType::Float16: return 2;
    case ElementType::Int8:
    case ElementType::Uint8:
    case ElementType::Bool: return 1;
  }
  return 0;
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const auto size : shape) count *= size;
  return count;
}

Tensor Tensor::zeros(ElementType type, Shape shape) {
  Tensor tensor{type, std::move(shape), {}};
  tensor.bytes.resize(static_cast<std::size_t>(element_count(tensor.shape)) * size_of(type));
  return tensor;
}

std::vector<std::int64_t> integers_of(const Tensor& tensor) {
  switch (tensor.type) {
    case ElementType::Int64: return converted<std::int64_t, std::int64_t>(tensor);
    case ElementType::Int32: return converted<std::int64_t, std::int32_t>(tensor);
    case ElementType::Int8: return converted<std::int64_t, std::int8_t>(tensor);
    case ElementType::Uint8:
    case ElementType::Bool: return converted<std::int64_t, std::uint8_t>(tensor);
    default: assert(false && "not an integer tensor"); return {};
  }
}

std::vector<float> floats_of(const Tensor& tensor) {
  switch (tensor.type) {
    case ElementType::Float32: return converted<float, float>(tensor);
    case ElementType::Float64: return converted<float, double>(tensor);
    case ElementType::Float16: {
      std::vector<float> values;
      for (const auto half : converted<std::uint16_t, std::uint16_t>(tensor)) values.push_back(float_from_half(half));
      return values;
    }
    default: assert(false && "not a float tensor"); return {};
  }
}

}  // namespace quantrail
