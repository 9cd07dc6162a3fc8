#include <bit>

#include "runtime/kernels_code.h"
#include "runtime/kernels_depthwise_walk.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kAtOnce = 16;  // whose sums stay in registers while the taps are gone through

/// All taps of kCount channels. 255 * 128 fits in 16 bits.
template <std::int64_t kCount>
QUANTRAIL_INLINE void add_taps_of(const std::uint8_t* const* taps, std::int64_t count, std::int64_t channel,
                                  const std::int16_t* weights, std::int32_t* sums) {
  std::int32_t own[kCount];
  for (std::int64_t i = 0; i < kCount; ++i) own[i] = sums[i];
  for (std::int64_t t = 0; t < count; ++t) {
    const std::uint8_t* pixel = taps[t] + channel;
    const std::int16_t* weight = weights + t * kDepthwiseBlock;
    for (std::int64_t i = 0; i < kCount; ++i)
      own[i] += static_cast<std::int16_t>(static_cast<std::int16_t>(pixel[i]) * weight[i]);
  }
  for (std::int64_t i = 0; i < kCount; ++i) sums[i] = own[i];
}

QUANTRAIL_CLONES void add_taps(const std::uint8_t* const* taps, std::int64_t count, std::int64_t channel,
                               std::int64_t live, const std::int16_t* weights, std::int32_t* sums) {
  std::int64_t i = 0;
  for (; i + kAtOnce <= live; i += kAtOnce) add_taps_of<kAtOnce>(taps, count, channel + i, weights + i, sums + i);
  for (; i < live; ++i) add_taps_of<1>(taps, count, channel + i, weights + i, sums + i);
}

/// What results are bounded to before they are stored.
struct Limits {
  float lo = 0.0F;
  float hi = 0.0F;
};
Limits limits_of(const DepthwiseView& view, const float*) { return {view.lo, view.hi}; }
Limits limits_of(const DepthwiseView& view, const std::uint8_t*) {
  return {view.step_of(view.lo), view.step_of(view.hi)};
}

QUANTRAIL_CLONES void reals_of(const DepthwiseView& view, Limits limits, std::int64_t channel, const std::int32_t* sums,
                               float* __restrict reals) {
  const float* scale = view.scale + channel;
  const float* bias = view.bias + channel;
  const float lo = limits.lo;
  const float hi = limits.hi;
  for (std::int64_t i = 0; i < kDepthwiseBlock; ++i) {
    const float real = scale[i] * (static_cast<float>(sums[i]) + bias[i]);
    const float bounded = real < hi ? real : hi;
    reals[i] = bounded > lo ? bounded : lo;
  }
}

void store(const float* reals, std::int64_t count, std::uint32_t, float* dst) { std::copy_n(reals, count, dst); }

QUANTRAIL_CLONES void store(const float* reals, std::int64_t count, std::uint32_t zero_point,
                            std::uint8_t* __restrict dst) {
  for (std::int64_t i = 0; i < count; ++i)
    dst[i] = static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(reals[i] + kRounder) + zero_point);
}

template <class T>
void convolve(const DepthwiseView& view, const std::uint8_t* src, T* dst) {
  const std::int64_t channels = view.shape->channels;
  const std::int64_t count = view.shape->kernel_h * view.shape->kernel_w;
  const Limits limits = limits_of(view, dst);
  for_each_output(view, src, [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t) {
    for (std::int64_t channel = 0; channel < channels; channel += kDepthwiseBlock) {
      const std::int64_t live = std::min(kDepthwiseBlock, channels - channel);
      std::int32_t sums[kDepthwiseBlock];
      float reals[kDepthwiseBlock];
      std::copy_n(view.start + channel, kDepthwiseBlock, sums);
      add_taps(taps.data(), count, channel, live, view.plain_weights + channel * count, sums);
      reals_of(view, limits, channel, sums, reals);
      store(reals, live, view.result_zero_point, dst + first + channel);
    }
  });
}

}  // namespace

void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst) {
  convolve(view, src, dst);
}

void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, float* dst) { convolve(view, src, dst); }

}  // namespace quantrail::kernels
