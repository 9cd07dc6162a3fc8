#include "model/tensor.h"

#include <algorithm>

#include "model/half.h"

namespace quantrail {
namespace {

template <class To, class From>
std::vector<To> converted(const Tensor& tensor) {
  const auto* from = reinterpret_cast<const From*>(tensor.bytes.data());
  return {from, from + tensor.bytes.size() / sizeof(From)};
}

std::vector<float> widened_bits(const Tensor& tensor, float (*widen)(std::uint16_t)) {
  const auto* from = reinterpret_cast<const std::uint16_t*>(tensor.bytes.data());
  std::vector<float> values(tensor.bytes.size() / sizeof(std::uint16_t));
  std::transform(from, from + values.size(), values.begin(), widen);
  return values;
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
    case ElementType::Int16: return "int16";
    case ElementType::Uint16: return "uint16";
    case ElementType::Uint32: return "uint32";
    case ElementType::Uint64: return "uint64";
    case ElementType::BFloat16: return "bfloat16";
  }
  return "?";
}

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::Float64:
    case ElementType::Int64:
    case ElementType::Uint64: return 8;
    case ElementType::Float32:
    case ElementType::Int32:
    case ElementType::Uint32: return 4;
    case ElementType::Float16:
    case ElementType::BFloat16:
    case ElementType::Int16:
    case ElementType::Uint16: return 2;
    case ElementType::Int8:
    case ElementType::Uint8:
    case ElementType::Bool: return 1;
  }
  return 0;
}

bool is_half(ElementType type) { return type == ElementType::Float16 || type == ElementType::BFloat16; }

bool is_float(ElementType type) {
  return type == ElementType::Float32 || type == ElementType::Float64 || is_half(type);
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
    case ElementType::Uint64: return converted<std::int64_t, std::uint64_t>(tensor);
    case ElementType::Uint32: return converted<std::int64_t, std::uint32_t>(tensor);
    case ElementType::Int16: return converted<std::int64_t, std::int16_t>(tensor);
    case ElementType::Uint16: return converted<std::int64_t, std::uint16_t>(tensor);
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
    case ElementType::Float16: return widened_bits(tensor, from_float16);
    case ElementType::BFloat16: return widened_bits(tensor, from_bfloat16);
    default: assert(false && "not a float tensor"); return {};
  }
}

}  // namespace quantrail
