#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_quantize.h"

namespace quantrail::kernels {

/// Ranks of the tensors that the general kernels accept: 0 to kMaxRank.
inline constexpr std::size_t kMaxRank = 8;

/// src [N, C, S] → dst [N, S, C]. Must not overlap.
void to_channels_last(std::span<const float> src, Channels shape, std::span<float> dst);
void to_channels_last(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst);

/// src [N, S, C] → dst [N, C, S]. Must not overlap.
void to_channels_first(std::span<const float> src, Channels shape, std::span<float> dst);
void to_channels_first(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst);

/// The piece-th of `pieces` parts of a result, along its first axis that has more than one position.
struct Share {
  std::int64_t piece = 0;
  std::int64_t pieces = 1;
};

/// ONNX Transpose: dst axis i is src axis perm[i]; `shape` is that of src, both row-major, rank <= kMaxRank. Writes
/// `share` of dst. Must not overlap.
void transpose(std::span<const float> src, std::span<const std::int64_t> shape, std::span<const std::int64_t> perm,
               std::span<float> dst, Share share = {});
void transpose(std::span<const std::uint8_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint8_t> dst, Share share = {});
void transpose(std::span<const std::uint16_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint16_t> dst, Share share = {});
void transpose(std::span<const std::uint64_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint64_t> dst, Share share = {});

}  // namespace quantrail::kernels
