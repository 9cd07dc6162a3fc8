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

/// Adds all taps of one block for kOutputs of the kPacked outputs that the weights are laid out for. Four pixels of 64
/// codes are interleaved to 64 x 4 taps, and each register of those meets its weights in one instruction per output.
template <int kPacked, int kOutputs>
QUANTRAIL_INLINE void add_taps(const DepthwiseTaps& taps, std::int64_t groups, std::int64_t channel, __mmask64 live,
                               const std::int8_t* weights, Sums (&sums)[kOutputs]) {
  for (std::int64_t g = 0; g < groups; ++g) {
    const std::uint8_t* const* pixel = taps.data() + 4 * g;
    const __m512i first = _mm512_maskz_loadu_epi8(live, pixel[0] + channel);
    const __m512i second = _mm512_maskz_loadu_epi8(live, pixel[1] + channel);
    const __m512i third = _mm512_maskz_loadu_epi8(live, pixel[2] + channel);
    const __m512i fourth = _mm512_maskz_loadu_epi8(live, pixel[3] + channel);
    const __m512i low12 = _mm512_unpacklo_epi8(first, second);
    const __m512i high12 = _mm512_unpackhi_epi8(first, second);
    const __m512i low34 = _mm512_unpacklo_epi8(third, fourth);
    const __m512i high34 = _mm512_unpackhi_epi8(third, fourth);
    const __m512i codes[4] = {_mm512_unpacklo_epi16(low12, low34), _mm512_unpackhi_epi16(low12, low34),
                              _mm512_unpacklo_epi16(high12, high34), _mm512_unpackhi_epi16(high12, high34)};
    const std::int8_t* group = weights + g * 4 * kPacked * kDepthwiseBlock;
    for (int q = 0; q < 4; ++q) {
      for (int o = 0; o < kOutputs; ++o) {
        const __m512i weight = _mm512_loadu_si512(group + (q * kPacked + o) * kDepthwiseBlock);
        sums[o].quarter[q] = _mm512_dpbusd_epi32(sums[o].quarter[q], codes[q], weight);
      }
    }
  }
}

/// scale * (sum + bias), at most `hi`, which also keeps conversions to integers in range.
QUANTRAIL_INLINE __m512 real_of(const DepthwiseView& view, std::int64_t lane, __m512i sum, __m512 hi) {
  const __m512 biased = _mm512_add_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(view.bias + lane));
  return _mm512_min_ps(_mm512_mul_ps(_mm512_loadu_ps(view.scale + lane), biased), hi);
}

/// Stores codes. The bounds may be applied behind the rounding, since rounding keeps order; packing saturates.
class StoreCodes {
 public:
  StoreCodes(const DepthwiseView& view, std::uint8_t* dst)
      : dst_(dst),
        lo_(_mm512_set1_epi8(static_cast<char>(static_cast<std::uint8_t>(rounded(view.lo))))),
        hi_(_mm512_set1_ps(rounded(view.hi))) {}

  QUANTRAIL_INLINE void operator()(const DepthwiseView& view, std::int64_t at, std::int64_t channel, __mmask64 live,
                                   const Sums& sums) const {
    __m512i steps[4];
    for (int q = 0; q < 4; ++q) {
      steps[q] = _mm512_cvtps_epi32(real_of(view, channel + 16 * q, sums.quarter[q], hi_));
    }
    const __m512i words = _mm512_packs_epi32(steps[0], steps[1]);
    const __m512i more = _mm512_packs_epi32(steps[2], steps[3]);
    const __m512i codes = _mm512_max_epu8(_mm512_packus_epi16(words, more), lo_);
    _mm512_mask_storeu_epi8(dst_ + at + channel, live, codes);
  }

 private:
  static float rounded(float bound) { return std::nearbyint(std::min(std::max(bound, 0.0F), 255.0F)); }
  std::uint8_t* dst_;
  __m512i lo_;
  __m512 hi_;
};

class StoreReals {
 public:
  StoreReals(const DepthwiseView& view, float* dst)
      : dst_(dst), lo_(_mm512_set1_ps(view.lo)), hi_(_mm512_set1_ps(view.hi)) {}

  QUANTRAIL_INLINE void operator()(const DepthwiseView& view, std::int64_t at, std::int64_t channel, __mmask64 live,
                                   const Sums& sums) const {
    // Four channels of each quarter follow each other: transpose 4 x 4 parts.
    for (int part = 0; part < 4; ++part) {
      for (int q = 0; q < 4; ++q) {
        const __m512 real = _mm512_max_ps(real_of(view, channel + 16 * q, sums.quarter[q], hi_), lo_);
        const __m512 moved = _mm512_maskz_compress_ps(static_cast<__mmask16>(0xFU << (4 * part)), real);
        const auto wanted = static_cast<__mmask16>((live >> (16 * part + 4 * q)) & 0xFU);
        _mm512_mask_storeu_ps(dst_ + at + channel + 16 * part + 4 * q, wanted, moved);
      }
    }
  }

 private:
  float* dst_;
  __m512 lo_;
  __m512 hi_;
};

template <int kPacked, int kOutputs, class Store>
QUANTRAIL_INLINE void all_blocks(const DepthwiseView& view, const DepthwiseTaps& taps, std::int64_t first,
                                 const Store& store) {
  const std::int64_t channels = view.shape->channels;
  const std::int64_t groups = view.groups();
  const std::int8_t* weights = view.vnni_weights;
  for (std::int64_t channel = 0; channel < channels; channel += kDepthwiseBlock) {
    const std::int64_t left = channels - channel;
    const __mmask64 live = left >= kDepthwiseBlock ? ~__mmask64{0} : (__mmask64{1} << left) - 1;
    Sums sums[kOutputs];
    for (Sums& sum : sums) {
      for (int q = 0; q < 4; ++q) sum.quarter[q] = _mm512_loadu_si512(view.start + channel + 16 * q);
    }
    add_taps<kPacked>(taps, groups, channel, live, weights, sums);
    for (int o = 0; o < kOutputs; ++o) store(view, first + o * channels, channel, live, sums[o]);
    weights += groups * 4 * kPacked * kDepthwiseBlock;
  }
}

template <class Store>
QUANTRAIL_INLINE void convolve(const DepthwiseView& view, const std::uint8_t* src, const Store& store) {
  if (view.two_outputs) {
    for_each_output(view, src, [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t outputs) {
      if (outputs == 2) {
        all_blocks<2, 2>(view, taps, first, store);
      } else {
        all_blocks<2, 1>(view, taps, first, store);
      }
    });
  } else {
    for_each_output(view, src, [&](const DepthwiseTaps& taps, std::int64_t first, std::int64_t) {
      all_blocks<1, 1>(view, taps, first, store);
    });
  }
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
