#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "runtime/isa.h"
#include "runtime/kernels_depthwise.h"

namespace quantrail::kernels {

inline constexpr std::int64_t kDepthwiseBlock = 64;  // channels computed together
inline constexpr std::int64_t kDepthwisePixels =
    6;  // of a kernel row: up to three taps of four outputs at stride 1, of two at stride 2

/// Where the last block begins if it has at most 32 channels, else -1. By rows, both halves of its registers hold the
/// same channels, for different outputs.
QUANTRAIL_INLINE std::int64_t half_block_at(const DepthwiseShape& shape) {
  const std::int64_t last = (shape.channels - 1) / kDepthwiseBlock * kDepthwiseBlock;
  return shape.channels - last <= kDepthwiseBlock / 2 ? last : -1;
}

/// A prepared DepthwiseCodes as its loops see it.
struct DepthwiseView {
  const DepthwiseShape* shape = nullptr;
  bool by_rows = false;
  const std::int32_t* start = nullptr;
  const float* scale = nullptr;
  const float* bias = nullptr;
  std::uint8_t result_zero_point = 0;
  float lo = 0.0F;
  float hi = 0.0F;
  const std::int16_t* plain_weights = nullptr;
  const std::int8_t* vnni_weights = nullptr;
  const std::uint8_t* outside = nullptr;
  DepthwiseCodes::Rows rows{};

  /// `bound` of a code, before the zero point is added: all that the pipeline up to the rounding sees.
  [[nodiscard]] float step_of(float bound) const {
    return std::min(std::max(bound, 0.0F), 255.0F) - static_cast<float>(result_zero_point);
  }
  /// Groups of four taps with weights of their own: kernel rows, else as many as it takes.
  [[nodiscard]] std::int64_t groups() const {
    return by_rows ? shape->kernel_h : (shape->kernel_h * shape->kernel_w + 3) / 4;
  }
};

void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst);
void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, float* dst);
void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst);
void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, float* dst);

/// Where taps find their pixels.
using DepthwiseTaps = std::array<const std::uint8_t*, DepthwiseCodes::kMaxTaps>;

/// The pixels of one step along a row of outputs, found anew at borders and moved along between them.
class DepthwiseCursor {
 public:
  explicit DepthwiseCursor(const DepthwiseView& view) : view_(view), shape_(*view.shape) {
    taps_.fill(view.outside);
    steps_.fill(0);
    across_ = view.by_rows ? kDepthwisePixels : shape_.kernel_w;
    used_ = shape_.kernel_h * across_;
  }

  [[nodiscard]] QUANTRAIL_INLINE const DepthwiseTaps& taps() const { return taps_; }

  /// To the outputs from `x` on in the row whose first kernel row lies at `top`; x = 0 first, then `advance` further
  /// each time.
  QUANTRAIL_INLINE void move_to(const std::uint8_t* image, std::int64_t top, std::int64_t x, std::int64_t advance) {
    const std::int64_t left = x * shape_.stride_w - shape_.pad_left;
    const bool inside = left >= 0 && left + (across_ - 1) * shape_.dilation_w < shape_.in_w;
    if (inside && x > 0 && followable_) {
      for (std::int64_t t = 0; t < used_; ++t)
        taps_[static_cast<std::size_t>(t)] += steps_[static_cast<std::size_t>(t)];
    } else {
      find(image, top, left, advance * shape_.stride_w * shape_.channels);
    }
    followable_ = inside;
  }

 private:
  void find(const std::uint8_t* image, std::int64_t top, std::int64_t left, std::int64_t step) {
    std::size_t tap = 0;
    for (std::int64_t ky = 0; ky < shape_.kernel_h; ++ky) {
      const std::int64_t y = top + ky * shape_.dilation_h;
      const bool row_inside = y >= 0 && y < shape_.in_h;
      for (std::int64_t kx = 0; kx < across_; ++kx, ++tap) {
        const std::int64_t x = left + kx * shape_.dilation_w;
        const bool inside = row_inside && x >= 0 && x < shape_.in_w;
        taps_[tap] = inside ? image + (y * shape_.in_w + x) * shape_.channels : view_.outside;
        steps_[tap] = row_inside ? step : 0;
      }
    }
  }

  const DepthwiseView& view_;
  const DepthwiseShape& shape_;
  DepthwiseTaps taps_;
  std::array<std::int64_t, DepthwiseCodes::kMaxTaps> steps_;
  std::int64_t across_ = 0;
  std::int64_t used_ = 0;
  bool followable_ = false;
};

/// Calls visit(taps, first element of the output in dst, outputs) along dst. By rows, `outputs` is 4 at stride 1, 2 at
/// stride 2, or what is left of the row, and a kernel row's taps are six neighbouring pixels; else it is 1, and the
/// taps are the kernel's positions in order, filled up with `outside` to whole groups.
template <class Visit>
QUANTRAIL_INLINE void for_each_output(const DepthwiseView& view, const std::uint8_t* src, Visit visit) {
  const DepthwiseShape& s = *view.shape;
  DepthwiseCursor cursor(view);
  const std::int64_t advance = view.by_rows ? 4 / s.stride_w : 1;
  for (std::int64_t row = view.rows.first; row < view.rows.last; ++row) {
    const std::uint8_t* image = src + row / s.out_h * s.in_h * s.in_w * s.channels;
    const std::int64_t top = row % s.out_h * s.stride_h - s.pad_top;
    for (std::int64_t x = 0; x < s.out_w; x += advance) {
      cursor.move_to(image, top, x, advance);
      visit(cursor.taps(), (row * s.out_w + x) * s.channels, std::min(advance, s.out_w - x));
    }
  }
}

}  // namespace quantrail::kernels
