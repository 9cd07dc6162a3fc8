#include <cassert>
#include <cmath>

#include "runtime/kernels_depthwise_walk.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

namespace quantrail::kernels {

DepthwisePath best_depthwise_path() {
  const bool vnni = __builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  return vnni ? DepthwisePath::Vnni : DepthwisePath::Plain;
}

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vnni")
#pragma GCC diagnostic ignored "-Wuninitialized"  // g++ 12's own intrinsics (PR 105593)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

namespace {

/// Sums of 64 channels as four registers of 16; see channel_of() for which.
struct Sums {
  __m512i quarter[4];
};

constexpr __mmask64 kLowerHalf = 0xFFFFFFFFU;

/// 64 codes of each of four pixels as four registers of 16 channels x 4 taps.
struct Interleaved {
  __m512i quarter[4];
};

/// 64 codes of each of two pixels, alternating.
struct Pair {
  __m512i low;
  __m512i high;
};

QUANTRAIL_INLINE Pair paired(__m512i first, __m512i second) {
  return {_mm512_unpacklo_epi8(first, second), _mm512_unpackhi_epi8(first, second)};
}

QUANTRAIL_INLINE Pair paired(const std::uint8_t* const* pixels, std::int64_t channel, __mmask64 live) {
  return paired(_mm512_maskz_loadu_epi8(live, pixels[0] + channel), _mm512_maskz_loadu_epi8(live, pixels[1] + channel));
}

QUANTRAIL_INLINE Interleaved interleaved(const Pair& first, const Pair& second) {
  return {{_mm512_unpacklo_epi16(first.low, second.low), _mm512_unpackhi_epi16(first.low, second.low),
           _mm512_unpacklo_epi16(first.high, second.high), _mm512_unpackhi_epi16(first.high, second.high)}};
}

/// One output, any kernel: four of its taps at a time.
struct OneOutput {
  static constexpr int kSums = 1;
  static QUANTRAIL_INLINE void add_group(const std::uint8_t* const* taps, std::int64_t group, std::int64_t channel,
                                         __mmask64 live, const std::int8_t*& weights, Sums* sums) {
    const std::uint8_t* const* pixels = taps + 4 * group;
    const Interleaved codes = interleaved(paired(pixels, channel, live), paired(pixels + 2, channel, live));
    for (int q = 0; q < 4; ++q, weights += kDepthwiseBlock) {
      sums->quarter[q] = _mm512_dpbusd_epi32(sums->quarter[q], codes.quarter[q], _mm512_load_si512(weights));
    }
  }
};

/// Neighbouring outputs, kernel rows of up to three taps: pixels 0 to 3 of the row serve the first kPerPair outputs,
/// pixels 2 to 5 the others, with the same weights. At stride 1 a pair's second output has weights shifted by a pixel;
/// at stride 2 there is no second.
template <int kPerPair>
struct RowOutputs {
  static constexpr int kSums = 2 * kPerPair;
  static QUANTRAIL_INLINE void add_group(const std::uint8_t* const* taps, std::int64_t group, std::int64_t channel,
                                         __mmask64 live, const std::int8_t*& weights, Sums* sums) {
    const std::uint8_t* const* pixels = taps + kDepthwisePixels * group;
    const Pair middle = paired(pixels + 2, channel, live);
    const Interleaved left = interleaved(paired(pixels, channel, live), middle);
    const Interleaved right = interleaved(middle, paired(pixels + 4, channel, live));
    for (int q = 0; q < 4; ++q) {
      for (int o = 0; o < kPerPair; ++o, weights += kDepthwiseBlock) {
        const __m512i weight = _mm512_load_si512(weights);
        Sums& second = sums[o + kPerPair];
        sums[o].quarter[q] = _mm512_dpbusd_epi32(sums[o].quarter[q], left.quarter[q], weight);
        second.quarter[q] = _mm512_dpbusd_epi32(second.quarter[q], right.quarter[q], weight);
      }
    }
  }
};

/// As RowOutputs, for a block of at most 32 channels: the first kPerPair outputs use the lower half of each register,
/// the others the upper half, whose weights, scales and biases are those of the lower.
template <int kPerPair>
struct HalfOutputs {
  static constexpr int kSums = kPerPair;
  static QUANTRAIL_INLINE void add_group(const std::uint8_t* const* taps, std::int64_t group, std::int64_t channel,
                                         __mmask64 live, const std::int8_t*& weights, Sums* sums) {
    const std::uint8_t* const* pixels = taps + kDepthwisePixels * group;
    const auto halves = [=](int pixel) QUANTRAIL_INLINED {
      const __m512i low = _mm512_maskz_loadu_epi8(live & kLowerHalf, pixels[pixel] + channel);
      return _mm512_mask_loadu_epi8(low, live & ~kLowerHalf, pixels[pixel + 2] + channel - 32);
    };
    const Interleaved codes = interleaved(paired(halves(0), halves(1)), paired(halves(2), halves(3)));
    for (int q = 0; q < 4; ++q) {
      for (int o = 0; o < kPerPair; ++o, weights += kDepthwiseBlock) {
        sums[o].quarter[q] = _mm512_dpbusd_epi32(sums[o].quarter[q], codes.quarter[q], _mm512_load_si512(weights));
      }
    }
  }
};

/// scale * (sum + bias), at most `hi`, which also keeps conversions to integers in range.
QUANTRAIL_INLINE __m512 real_of(const DepthwiseView& view, std::int64_t lane, __m512i sum, __m512 hi) {
  const __m512 biased = _mm512_add_ps(_mm512_cvtepi32_ps(sum), _mm512_load_ps(view.bias + lane));
  return _mm512_min_ps(_mm512_mul_ps(_mm512_load_ps(view.scale + lane), biased), hi);
}

/// Where the 64 results of one register go: those of the lower half from element `low` of dst on, those of the upper
/// half from `high` on; only those that `live` marks.
struct Destination {
  std::int64_t low = 0;
  std::int64_t high = 0;
  __mmask64 live = 0;
};

/// Stores codes. Bounds are whole numbers, so the lower one may be applied behind the rounding; packing saturates.
class StoreCodes {
 public:
  StoreCodes(const DepthwiseView& view, std::uint8_t* dst)
      : dst_(dst),
        zero_point_(_mm512_set1_epi32(view.result_zero_point)),
        lo_(_mm512_set1_epi8(static_cast<char>(static_cast<std::uint8_t>(std::min(std::max(view.lo, 0.0F), 255.0F))))),
        hi_(_mm512_set1_ps(view.step_of(view.hi))) {}

  QUANTRAIL_INLINE void operator()(const DepthwiseView& view, std::int64_t lane, const Sums& sums,
                                   const Destination& to) const {
    __m512i steps[4];
    for (int q = 0; q < 4; ++q) {
      const __m512i step = _mm512_cvtps_epi32(real_of(view, lane + 16 * q, sums.quarter[q], hi_));
      steps[q] = _mm512_add_epi32(step, zero_point_);
    }
    const __m512i words = _mm512_packs_epi32(steps[0], steps[1]);
    const __m512i more = _mm512_packs_epi32(steps[2], steps[3]);
    const __m512i codes = _mm512_max_epu8(_mm512_packus_epi16(words, more), lo_);
    if (to.high == to.low + 32) {
      _mm512_mask_storeu_epi8(dst_ + to.low, to.live, codes);
    } else {
      _mm512_mask_storeu_epi8(dst_ + to.low, to.live & kLowerHalf, codes);
      _mm512_mask_storeu_epi8(dst_ + to.high - 32, to.live & ~kLowerHalf, codes);
    }
  }

 private:
  std::uint8_t* dst_;
  __m512i zero_point_;
  __m512i lo_;
  __m512 hi_;
};

class StoreReals {
 public:
  StoreReals(const DepthwiseView& view, float* dst)
      : dst_(dst), lo_(_mm512_set1_ps(view.lo)), hi_(_mm512_set1_ps(view.hi)) {}

  QUANTRAIL_INLINE void operator()(const DepthwiseView& view, std::int64_t lane, const Sums& sums,
                                   const Destination& to) const {
    // Four channels of each quarter follow each other: transpose 4 x 4 parts.
    for (int part = 0; part < 4; ++part) {
      for (int q = 0; q < 4; ++q) {
        const __m512 real = _mm512_max_ps(real_of(view, lane + 16 * q, sums.quarter[q], hi_), lo_);
        const __m512 moved = _mm512_maskz_compress_ps(static_cast<__mmask16>(0xFU << (4 * part)), real);
        const auto wanted = static_cast<__mmask16>((to.live >> (16 * part + 4 * q)) & 0xFU);
        const std::int64_t half = part < 2 ? to.low + 16 * part : to.high + 16 * (part - 2);
        _mm512_mask_storeu_ps(dst_ + half + 4 * q, wanted, moved);
      }
    }
  }

 private:
  float* dst_;
  __m512 lo_;
  __m512 hi_;
};

/// The sums of one block.
template <class Outputs>
QUANTRAIL_INLINE void add_block(const DepthwiseView& view, const DepthwiseTaps& taps, std::int64_t channel,
                                __mmask64 live, const std::int8_t*& weights, Sums* sums) {
  const std::int64_t groups = view.groups();
  for (int o = 0; o < Outputs::kSums; ++o) {
    for (int q = 0; q < 4; ++q) sums[o].quarter[q] = _mm512_load_si512(view.start + channel + 16 * q);
  }
  if (groups == 3) {  // of a 3 x 3 kernel: unrolled, so that the sums stay where they are
#pragma GCC unroll 3
    for (std::int64_t g = 0; g < 3; ++g) Outputs::add_group(taps.data(), g, channel, live, weights, sums);
  } else {
    for (std::int64_t g = 0; g < groups; ++g) Outputs::add_group(taps.data(), g, channel, live, weights, sums);
  }
}

__mmask64 first_lanes(std::int64_t count) { return count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1; }

template <class Outputs, class Store>
QUANTRAIL_INLINE void whole_blocks(const DepthwiseView& view, const DepthwiseTaps& taps, std::int64_t end,
                                   std::int64_t first, std::int64_t outputs, const std::int8_t*& weights,
                                   const Store& store) {
  const std::int64_t channels = view.shape->channels;
  for (std::int64_t channel = 0; channel < end; channel += kDepthwiseBlock) {
    const __mmask64 live = first_lanes(channels - channel);
    Sums sums[Outputs::kSums];
    add_block<Outputs>(view, taps, channel, live, weights, sums);
    for (int o = 0; o < Outputs::kSums; ++o) {
      const std::int64_t at = first + o * channels + channel;
      if (o < outputs) store(view, channel, sums[o], {at, at + 32, live});
    }
  }
}

/// The last channels, at most 32 of them.
template <int kPerPair, class Store>
QUANTRAIL_INLINE void half_block(const DepthwiseView& view, const DepthwiseTaps& taps, std::int64_t channel,
                                 std::int64_t first, std::int64_t outputs, const std::int8_t* weights,
                                 const Store& store) {
  const std::int64_t channels = view.shape->channels;
  const __mmask64 half = first_lanes(channels - channel);
  Sums sums[kPerPair];
  add_block<HalfOutputs<kPerPair>>(view, taps, channel, half | half << 32, weights, sums);
  for (int o = 0; o < kPerPair; ++o) {
    const int other = o + kPerPair;
    const __mmask64 low = o < outputs ? half : 0;
    const __mmask64 high = other < outputs ? half << 32 : 0;
    store(view, channel, sums[o], {first + o * channels + channel, first + other * channels + channel, low | high});
  }
}

template <int kPerPair, class Store>
QUANTRAIL_INLINE void convolve_rows(const DepthwiseView& view, const std::uint8_t* src, const Store& store) {
  const std::int64_t half = half_block_at(*view.shape);
  const std::int64_t whole = half < 0 ? view.shape->channels : half;
  for_each_output(view, src, [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t outputs) {
    const std::int8_t* weights = view.vnni_weights;
    whole_blocks<RowOutputs<kPerPair>>(view, taps, whole, first, outputs, weights, store);
    if (half >= 0) half_block<kPerPair>(view, taps, half, first, outputs, weights, store);
  });
}

template <class Store>
QUANTRAIL_INLINE void convolve(const DepthwiseView& view, const std::uint8_t* src, const Store& store) {
  if (view.by_rows) {
    return view.shape->stride_w == 1 ? convolve_rows<2>(view, src, store) : convolve_rows<1>(view, src, store);
  }
  for_each_output(view, src, [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t outputs) {
    const std::int8_t* weights = view.vnni_weights;
    whole_blocks<OneOutput>(view, taps, view.shape->channels, first, outputs, weights, store);
  });
}

}  // namespace

void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, std::uint8_t* dst) {
  convolve(view, src, StoreCodes(view, dst));
}

void depthwise_vnni(const DepthwiseView& view, const std::uint8_t* src, float* dst) {
  convolve(view, src, StoreReals(view, dst));
}

#pragma GCC pop_options

}  // namespace quantrail::kernels

#else

namespace quantrail::kernels {

DepthwisePath best_depthwise_path() { return DepthwisePath::Plain; }
void depthwise_vnni(const DepthwiseView&, const std::uint8_t*, std::uint8_t*) { assert(false); }
void depthwise_vnni(const DepthwiseView&, const std::uint8_t*, float*) { assert(false); }

}  // namespace quantrail::kernels

#endif
