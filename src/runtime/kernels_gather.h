#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace quantrail::kernels {

/// A tensor seen around the axis along which rows are picked: [outer, axis, row], in bytes.
struct GatherShape {
  std::int64_t outer = 1;
  std::int64_t axis = 1;
  std::int64_t row_bytes = 1;
};

/// ONNX Gather: dst[o, i] = src[o, indices[i]]; negative indices count from the end. dst is [outer, indices, row].
/// The first index outside of [-axis, axis), if there is one; dst then holds nothing of use. Must not overlap.
[[nodiscard]] std::optional<std::int64_t> gather(std::span<const std::byte> src, const GatherShape& shape,
                                                 std::span<const std::int64_t> indices, std::span<std::byte> dst);
[[nodiscard]] std::optional<std::int64_t> gather(std::span<const std::byte> src, const GatherShape& shape,
                                                 std::span<const std::int32_t> indices, std::span<std::byte> dst);

/// Row by row along the last axis: what GatherElements reads and writes.
struct ElementRows {
  std::int64_t count = 1;   ///< of a row
  std::int64_t step = 1;    ///< from one element of a row to the next in the source, where indices are equal
  std::int64_t axis = 1;    ///< size of the axis that indices count along
  std::int64_t stride = 1;  ///< of that axis in the source
};

/// dst[i] = src[i * step + indices[i] * stride]; negative indices count from the end. The first index outside, if there
/// is one; dst then holds nothing of use.
[[nodiscard]] std::optional<std::int64_t> gather_row(const float* src, const ElementRows& rows,
                                                     const std::int64_t* indices, float* dst);

}  // namespace quantrail::kernels
