#pragma once

#include <cstdint>
#include <span>

#include "runtime/kernels_aligned.h"
#include "runtime/kernels_window.h"

namespace quantrail::kernels {

/// dst [batch, out_h, out_w, channels], one filter per channel; kernel_h * kernel_w <= kMaxTaps.
using DepthwiseShape = WindowShape;

/// How sums become results, per channel c: scale[c] * (float(sum) + bias[c]), for codes rounded half to even and
/// result_zero_point added, clamped to [lo, hi].
struct DepthwiseRule {
  std::uint8_t zero_point = 0;     ///< of the source
  std::span<const float> scale{};  ///< one per channel, finite
  std::span<const float> bias{};   ///< one per channel, in units of the sum; empty: none
  std::uint8_t result_zero_point = 0;
  float lo = 0.0F;  ///< of codes: whole numbers, as is hi
  float hi = 255.0F;
};

/// Which loops run: the same bits either way.
enum class DepthwisePath : std::uint8_t {
  Plain,  ///< compiled for each instruction set, like every other kernel
  Vnni,   ///< AVX512-VNNI, four taps at a time
};
[[nodiscard]] DepthwisePath best_depthwise_path();

/// Whether DepthwiseCodes beats oneDNN 2.6's kernel for a zero point of 0, which gives the same bits: on MobileNetV2's
/// layers with many channels it takes 0.65 to 0.85 of the time; with few, memory decides and oneDNN's is ahead.
[[nodiscard]] bool depthwise_pays(const DepthwiseShape& shape);

/// An int8 depthwise convolution, prepared once; immutable and thread-safe. `sum` is the exact int32 sum over the
/// window's source positions of (code - zero_point) * weight; nothing saturates, on any CPU.
class DepthwiseCodes {
 public:
  static constexpr std::int64_t kMaxTaps = 64;

  /// weights [channels, kernel_h, kernel_w]. Vnni only where best_depthwise_path() says so.
  DepthwiseCodes(const DepthwiseShape& shape, std::span<const std::int8_t> weights, const DepthwiseRule& rule,
                 DepthwisePath path = best_depthwise_path());

  /// Rows of outputs of the whole batch: batch * out_h.
  [[nodiscard]] std::int64_t rows() const { return shape_.batch * shape_.out_h; }
  struct Rows {
    std::int64_t first = 0;
    std::int64_t last = 0;  ///< one behind
  };
  /// Codes, which saturate at 0 and 255. Writes the given rows.
  void run(std::span<const std::uint8_t> src, std::span<std::uint8_t> dst, Rows rows) const;
  void run(std::span<const std::uint8_t> src, std::span<std::uint8_t> dst) const { run(src, dst, {0, rows()}); }
  /// Not rounded.
  void run(std::span<const std::uint8_t> src, std::span<float> dst, Rows rows) const;
  void run(std::span<const std::uint8_t> src, std::span<float> dst) const { run(src, dst, {0, rows()}); }

 private:
  template <class T>
  void run_any(const std::uint8_t* src, T* dst, Rows rows) const;
  void pack_plain(std::span<const std::int8_t> weights);
  void pack_vnni(std::span<const std::int8_t> weights);

  /// Whether the Vnni path computes neighbouring outputs together: kernel rows of up to three taps, stride 1 or 2.
  [[nodiscard]] bool by_rows() const;
  /// Which channel a lane computes; lanes beyond the last channel may name one that does not exist.
  [[nodiscard]] std::int64_t channel_of(std::int64_t lane) const;

  DepthwiseShape shape_;
  DepthwisePath path_;
  std::int64_t blocks_;  // of 64 channels
  std::uint8_t result_zero_point_;
  float lo_;
  float hi_;
  // Per channel, filled up to whole blocks, in the order in which the path's lanes hold channels.
  AlignedVector<std::int32_t> start_{};  // what the sum starts with: -zero_point * (sum of weights)
  AlignedVector<float> scale_{};
  AlignedVector<float> bias_{};
  AlignedVector<std::int16_t> plain_weights_{};  // [block][tap][64]
  AlignedVector<std::int8_t> vnni_weights_{};    // [block][group][quarter][output of a pair][64]: 16 channels x 4 taps
  AlignedVector<std::uint8_t> outside_{};        // a pixel of zero points, seen where the window leaves the source
};

}  // namespace quantrail::kernels
