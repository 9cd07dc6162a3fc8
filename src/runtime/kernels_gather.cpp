#include "runtime/kernels_gather.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

template <class Index>
std::optional<std::int64_t> outside(std::span<const Index> indices, std::int64_t size) {
  const auto wrong =
      std::find_if(indices.begin(), indices.end(), [=](Index index) { return index < -size || index >= size; });
  return wrong == indices.end() ? std::nullopt : std::optional<std::int64_t>(*wrong);
}

/// Rows of a width that the compiler knows take a load and a store instead of a call.
template <std::int64_t kWidth, class Index>
void copy_rows(const std::byte* src, const GatherShape& shape, std::span<const Index> indices, std::byte* dst) {
  const std::int64_t width = kWidth > 0 ? kWidth : shape.row_bytes;
  for (const Index index : indices) {
    const std::int64_t position = index < 0 ? index + shape.axis : index;
    std::memcpy(dst, src + position * width, static_cast<std::size_t>(width));
    dst += width;
  }
}

template <class Index>
std::optional<std::int64_t> gather_any(std::span<const std::byte> src, const GatherShape& shape,
                                       std::span<const Index> indices, std::span<std::byte> dst) {
  const auto rows = static_cast<std::int64_t>(indices.size());
  assert(static_cast<std::int64_t>(dst.size()) == shape.outer * rows * shape.row_bytes);
  if (const auto wrong = outside(indices, shape.axis)) return wrong;
  for (std::int64_t o = 0; o < shape.outer; ++o) {
    const std::byte* from = src.data() + o * shape.axis * shape.row_bytes;
    std::byte* to = dst.data() + o * rows * shape.row_bytes;
    switch (shape.row_bytes) {
      case 1: copy_rows<1>(from, shape, indices, to); break;
      case 4: copy_rows<4>(from, shape, indices, to); break;
      case 8: copy_rows<8>(from, shape, indices, to); break;
      default: copy_rows<0>(from, shape, indices, to); break;
    }
  }
  return std::nullopt;
}

/// Clamps indices outside, so that nothing outside is read. Returns whether there are any.
QUANTRAIL_CLONES bool gather_clamped(const float* src, const ElementRows& rows, const std::int64_t* indices,
                                     float* dst) {
  const ElementRows row = rows;
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < row.count; ++i) {
    const std::int64_t position = indices[i] < 0 ? indices[i] + row.axis : indices[i];
    const bool outside = position < 0 || position >= row.axis;
    wrong |= static_cast<std::int64_t>(outside);
    dst[i] = src[i * row.step + (outside ? 0 : position) * row.stride];
  }
  return wrong != 0;
}

}  // namespace

std::optional<std::int64_t> gather(std::span<const std::byte> src, const GatherShape& shape,
                                   std::span<const std::int64_t> indices, std::span<std::byte> dst) {
  return gather_any(src, shape, indices, dst);
}

std::optional<std::int64_t> gather(std::span<const std::byte> src, const GatherShape& shape,
                                   std::span<const std::int32_t> indices, std::span<std::byte> dst) {
  return gather_any(src, shape, indices, dst);
}

std::optional<std::int64_t> gather_row(const float* src, const ElementRows& rows, const std::int64_t* indices,
                                       float* dst) {
  if (!gather_clamped(src, rows, indices, dst)) return std::nullopt;
  return outside(std::span(indices, static_cast<std::size_t>(rows.count)), rows.axis);
}

}  // namespace quantrail::kernels
