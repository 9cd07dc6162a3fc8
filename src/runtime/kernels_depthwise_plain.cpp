#include <bit>

#include "runtime/kernels_code.h"
#include "runtime/kernels_depthwise_walk.h"

namespace quantrail::kernels {
namespace {

// `live` is a constant where this is inlined for whole blocks.
QUANTRAIL_INLINE void add_taps(const DepthwiseTaps& taps, std::int64_t count, std::int64_t channel, std::int64_t live,
                               const std::int16_t* weights, std::int32_t* sums) {
  for (std::int64_t t = 0; t < count; ++t) {
    const std::uint8_t* pixel = taps[static_cast<std::size_t>(t)] + channel;
    const std::int16_t* weight = weights + t * kDepthwiseBlock;
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < live; ++i) {
      sums[i] += static_cast<std::int16_t>(static_cast<std::int16_t>(pixel[i]) * weight[i]);  // 255 * 128 fits
    }
  }
}

/// One output pixel; `store(results, channel, count)` for each block.
template <class Store>
QUANTRAIL_INLINE void one_output(const DepthwiseView& view, const DepthwiseTaps& taps, Store store) {
  const std::int64_t channels = view.shape->channels;
  const std::int64_t count = view.shape->kernel_h * view.shape->kernel_w;
  const float lo = view.lo;
  const float hi = view.hi;
  for (std::int64_t channel = 0; channel < channels; channel += kDepthwiseBlock) {
    std::int32_t sums[kDepthwiseBlock];
    std::copy_n(view.start + channel, kDepthwiseBlock, sums);
    const std::int16_t* weights = view.plain_weights + channel * count;
    const std::int64_t live = std::min(kDepthwiseBlock, channels - channel);
    if (live == kDepthwiseBlock) {
      add_taps(taps, count, channel, kDepthwiseBlock, weights, sums);
    } else {
      add_taps(taps, count, channel, live, weights, sums);
    }
    const float* scale = view.scale + channel;
    const float* bias = view.bias + channel;
    float reals[kDepthwiseBlock];
    for (std::int64_t i = 0; i < kDepthwiseBlock; ++i) {
      const float real = scale[i] * (static_cast<float>(sums[i]) + bias[i]);
      const float bounded = real < hi ? real : hi;
      reals[i] = bounded > lo ? bounded : lo;
    }
    store(reals, channel, live);
  }
}

QUANTRAIL_INLINE void store_codes(const float* reals, std::int64_t count, std::uint8_t* dst) {
  QUANTRAIL_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) {
    const float below = reals[i] < 255.0F ? reals[i] : 255.0F;
    const float bounded = below > 0.0F ? below : 0.0F;
    dst[i] = static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(bounded + kRounder));
  }
}

}  // namespace

QUANTRAIL_CLONES void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst) {
  const auto visit = [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t) QUANTRAIL_INLINED {
    const auto store = [&](const float* reals, std::int64_t channel, std::int64_t count)
                           QUANTRAIL_INLINED { store_codes(reals, count, dst + first + channel); };
    one_output(view, taps, store);
  };
  for_each_output(view, src, visit);
}

QUANTRAIL_CLONES void depthwise_plain(const DepthwiseView& view, const std::uint8_t* src, float* dst) {
  const auto visit = [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t) QUANTRAIL_INLINED {
    const auto store = [&](const float* reals, std::int64_t channel, std::int64_t count)
                           QUANTRAIL_INLINED { std::copy_n(reals, count, dst + first + channel); };
    one_output(view, taps, store);
  };
  for_each_output(view, src, visit);
}

}  // namespace quantrail::kernels
