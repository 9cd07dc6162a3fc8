#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_layout.h"
#include "runtime/kernels_unary.h"

namespace quantrail::kernels {

/// One input of a Concat: `outer` rows of `row` elements. Along axis a of a row-major tensor, outer is the product of
/// the sizes before a and row the product from a on: channels-last along channels is outer = N * spatial, row = C.
template <class T>
struct ConcatPart {
  const T* data = nullptr;
  std::int64_t row = 0;
};

/// A part whose codes may move to the result's scale on the way.
struct CodePart {
  const std::uint8_t* data = nullptr;
  std::int64_t row = 0;
  const CodeTable* table = nullptr;  ///< requantization_table(part, result); null copies
};

/// dst row o = the parts' rows o, one behind the other.
void concat(std::span<const ConcatPart<float>> parts, std::int64_t outer, std::span<float> dst);
void concat(std::span<const CodePart> parts, std::int64_t outer, std::span<std::uint8_t> dst);

/// dst[i...] = src[begin + i * step] in each axis; one entry per axis of src, rank <= kMaxRank. Steps may be negative;
/// every position read must lie within src. dst has shape `result`, row-major like src.
struct SliceShape {
  std::span<const std::int64_t> source{};
  std::span<const std::int64_t> result{};
  std::span<const std::int64_t> begin{};
  std::span<const std::int64_t> step{};
};
void slice(std::span<const float> src, const SliceShape& shape, std::span<float> dst);
void slice(std::span<const std::uint8_t> src, const SliceShape& shape, std::span<std::uint8_t> dst);
void slice(std::span<const std::uint16_t> src, const SliceShape& shape, std::span<std::uint16_t> dst);
void slice(std::span<const std::uint64_t> src, const SliceShape& shape, std::span<std::uint64_t> dst);

enum class PadMode : std::uint8_t {
  Constant,
  Reflect,  ///< mirror without repeating the border; pads smaller than the axis
  Edge,     ///< repeat the border
};

/// dst has shape source + begin + end, one entry per axis, rank <= kMaxRank; negative pads crop. Works on any layout in
/// which shape and pads are given: channels last, the last pads are the channels'. `value` fills in mode Constant: for
/// codes the zero point. Reflect and Edge need a non-empty source.
struct PadShape {
  std::span<const std::int64_t> source{};
  std::span<const std::int64_t> begin{};
  std::span<const std::int64_t> end{};
  PadMode mode = PadMode::Constant;
};
void pad(std::span<const float> src, const PadShape& shape, float value, std::span<float> dst);
void pad(std::span<const std::uint8_t> src, const PadShape& shape, std::uint8_t value, std::span<std::uint8_t> dst);

}  // namespace quantrail::kernels
