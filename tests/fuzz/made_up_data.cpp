#include "fuzz/made_up_data.h"

#include <cstring>

namespace quantrail::fuzz {
namespace {

template <class T>
void fill(std::span<std::byte> buffer, std::size_t seed, T (*element)(std::int64_t)) {
  for (std::size_t at = 0; (at + 1) * sizeof(T) <= buffer.size(); ++at) {
    const T value = element(static_cast<std::int64_t>((seed * 7 + at * 3) % 11) - 5);
    std::memcpy(buffer.data() + at * sizeof(T), &value, sizeof(T));
  }
}

template <class T>
T real(std::int64_t value) {
  return static_cast<T>(value) / T{2};
}

/// Indices are more often right than wrong.
template <class T>
T whole(std::int64_t value) {
  return static_cast<T>(value / 3);
}

}  // namespace

MadeUpData::MadeUpData(const std::vector<ValueInfo>& inputs) {
  for (const auto& input : inputs) {
    const bool scalar = input.shape.empty();
    inputs_.push_back({input.name, input.type, scalar ? Shape{} : Shape(input.shape.begin() + 1, input.shape.end())});
  }
}

Status MadeUpData::read(std::size_t index, std::span<const std::span<std::byte>> buffers) const {
  for (std::size_t at = 0; at < buffers.size(); ++at) make_up(inputs_[at].type, buffers[at], index + at);
  return {};
}

void make_up(ElementType type, std::span<std::byte> buffer, std::size_t seed) {
  switch (type) {
    case ElementType::Float32: return fill<float>(buffer, seed, real);
    case ElementType::Float64: return fill<double>(buffer, seed, real);
    case ElementType::Bool: return fill<std::uint8_t>(buffer, seed, [](std::int64_t v) { return std::uint8_t{v > 0}; });
    case ElementType::Float16:
    case ElementType::BFloat16:
    case ElementType::Int16:
    case ElementType::Uint16: return fill<std::int16_t>(buffer, seed, whole);
    case ElementType::Int8:
    case ElementType::Uint8: return fill<std::int8_t>(buffer, seed, whole);
    case ElementType::Int32:
    case ElementType::Uint32: return fill<std::int32_t>(buffer, seed, whole);
    case ElementType::Int64:
    case ElementType::Uint64: return fill<std::int64_t>(buffer, seed, whole);
  }
}

}  // namespace quantrail::fuzz
