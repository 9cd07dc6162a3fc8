#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "runtime/isa.h"
#include "runtime/kernels_depthwise.h"

namespace quantrail::kernels {

inline constexpr std::int64_t kDepthwiseBlock = 64;  // channels computed together

/// A prepared DepthwiseCodes as its loops see it.
struct DepthwiseView {
  const DepthwiseShape* shape = nullptr;
  bool two_outputs = false;
  const std::int32_t* start = nullptr;
  const float* scale = nullptr;
  const float* bias = nullptr;
  float lo = 0.0F;
  float hi = 0.0F;
  const std::int16_t* plain_weights = nullptr;
  const std::int8_t* vnni_weights = nullptr;
  const std::uint8_t* outside = nullptr;

  /// Groups of four taps: one per kernel row with two outputs, else as many as it takes.
  [[nodiscard]] std::int64_t groups() const {
    return two_outputs ? shape->kernel_h : (shape->kernel_h * shape->kernel_w + 3) / 4;
  }
};

void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst);
void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, float* dst);
void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst);
void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, float* dst);

/// Where the taps of one output, or of two neighbours, find their pixels.
using DepthwiseTaps = std::array<const std::uint8_t*, DepthwiseCodes::kMaxTaps>;

/// Calls visit(taps, first element of the output in dst, outputs) along dst; `outputs` is 1, or 2 with two_outputs.
/// With two_outputs a kernel row's taps are four neighbouring pixels: the first three serve one output, the last three
/// the next. Else they are the kernel's positions in order, filled up with `outside` to whole groups.
template <class Visit>
QUANTRAIL_INLINE void for_each_output(const DepthwiseView& view, const std::uint8_t* src, Visit visit) {
  const DepthwiseShape& s = *view.shape;
  DepthwiseTaps taps;
  taps.fill(view.outside);
  const std::int64_t across = view.two_outputs ? 4 : s.kernel_w;
  std::int64_t dst = 0;
  for (std::int64_t row = 0; row < s.batch * s.out_h; ++row) {
    const std::uint8_t* image = src + row / s.out_h * s.in_h * s.in_w * s.channels;
    const std::int64_t top = row % s.out_h * s.stride_h - s.pad_top;
    for (std::int64_t x = 0; x < s.out_w;) {
      const std::int64_t left = x * s.stride_w - s.pad_left;
      std::size_t tap = 0;
      for (std::int64_t ky = 0; ky < s.kernel_h; ++ky) {
        const std::int64_t y = top + ky * s.dilation_h;
        const bool inside = y >= 0 && y < s.in_h;
        const std::uint8_t* line = image + y * s.in_w * s.channels;
        for (std::int64_t kx = 0; kx < across; ++kx, ++tap) {
          const std::int64_t at = left + kx * s.dilation_w;
          taps[tap] = inside && at >= 0 && at < s.in_w ? line + at * s.channels : view.outside;
        }
      }
      const std::int64_t outputs = view.two_outputs ? std::min<std::int64_t>(2, s.out_w - x) : 1;
      visit(taps, dst, outputs);
      dst += outputs * s.channels;
      x += outputs;
    }
  }
}

}  // namespace quantrail::kernels
