#include <algorithm>

#include "runtime/isa.h"
#include "runtime/kernels_tiles.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

namespace quantrail::kernels {

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }

}  // namespace quantrail::kernels

#pragma GCC push_options
#pragma GCC target("avx2,fma")

#include "runtime/kernels_tiles_panels.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kHalf = kTileColumns / 2;  // columns whose sums are in registers at once, with kGroup rows
constexpr std::int64_t kGroup = 4;
constexpr std::int64_t kChunk = 512;  // depth that is gone through at once: its weights stay in the nearest cache

/// Sums of 32 rows and 32 columns.
struct alignas(64) Sums {
  std::int32_t at[kTileRows * kTileColumns];
};

/// `count` > 0, up to a multiple of 16: further ones may be read where there is memory for them.
QUANTRAIL_INLINE void widen(const std::uint8_t* codes, std::int64_t count, std::int16_t* words) {
  std::int64_t at = 0;
  for (; at + 16 <= count; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes + at));
    _mm256_store_si256(reinterpret_cast<__m256i*>(words + at), _mm256_cvtepu8_epi16(bytes));
  }
  for (; at < count; ++at) words[at] = codes[at];
}

/// Some tiles of depth.
struct Way {
  const std::int64_t* offsets;  // in the source, in words
  std::int64_t tiles;
  std::int64_t depth;
  std::int64_t step;  // from one position to the next, in words
};

/// What sums begin with: rows of 16 at these distances.
struct Start {
  const std::int32_t* at;
  std::int64_t step;
};

/// sums = start + kGroup positions from `source` on · weights of kHalf columns.
QUANTRAIL_INLINE void multiply(const std::int16_t* source, const Way& way, const std::int16_t* weights, Start start,
                               std::int32_t* sums) {
  __m256i sum[kGroup][2];
  for (int row = 0; row < kGroup; ++row) {
    const auto* from = reinterpret_cast<const __m256i*>(start.at + row * start.step);
    sum[row][0] = _mm256_load_si256(from);
    sum[row][1] = _mm256_load_si256(from + 1);
  }
  for (std::int64_t tile = 0; tile < way.tiles; ++tile, weights += kTileColumns * way.depth) {
    const std::int16_t* codes = source + way.offsets[tile];
    const auto* weight = reinterpret_cast<const __m256i*>(weights);
#pragma GCC unroll 2
    for (std::int64_t pair = 0; pair < way.depth / 2; ++pair, codes += 2, weight += 2) {
      const __m256i left = _mm256_load_si256(weight);
      const __m256i right = _mm256_load_si256(weight + 1);
      for (int row = 0; row < kGroup; ++row) {
        std::int32_t both;
        __builtin_memcpy(&both, codes + row * way.step, sizeof both);
        const __m256i code = _mm256_set1_epi32(both);
        sum[row][0] = _mm256_add_epi32(sum[row][0], _mm256_madd_epi16(code, left));
        sum[row][1] = _mm256_add_epi32(sum[row][1], _mm256_madd_epi16(code, right));
      }
    }
  }
  for (int row = 0; row < kGroup; ++row) {
    auto* to = reinterpret_cast<__m256i*>(sums + row * kTileColumns);
    _mm256_store_si256(to, sum[row][0]);
    _mm256_store_si256(to + 1, sum[row][1]);
  }
}

/// sums = start + 32 positions from `source` on · weights of 32 columns, of which `columns` exist.
QUANTRAIL_INLINE void multiply_block(const std::int16_t* source, const Way& way, const std::int16_t* weights,
                                     const std::int32_t* start, std::int64_t columns, Sums& sums) {
  const std::int64_t at_once = std::max<std::int64_t>(kChunk / way.depth, 1);
  for (std::int64_t tile = 0; tile < way.tiles; tile += at_once) {
    const Way part{way.offsets + tile, std::min(at_once, way.tiles - tile), way.depth, way.step};
    const std::int16_t* some = weights + tile * kTileColumns * way.depth;
    for (std::int64_t c = 0; c < std::min(columns, kTileColumns); c += kHalf) {
      for (std::int64_t row = 0; row < kTileRows; row += kGroup) {
        std::int32_t* to = sums.at + row * kTileColumns + c;
        multiply(source + row * way.step, part, some + c * way.depth,
                 tile == 0 ? Start{start + c, 0} : Start{to, kTileColumns}, to);
      }
    }
  }
}

/// What turns the sums of one block of columns into results.
struct Finish {
  const float* scale;
  const float* bias;
  __m256i zero_point;
  __m256 lo;
  __m256 hi;
  __m256 lhs_step;
  __m256 rhs_step;
  __m256 offset;
  bool own_first;
  std::int64_t columns;  // that exist

  [[nodiscard]] QUANTRAIL_INLINE __m256 scaled(const std::int32_t* sums, std::int64_t c) const {
    const __m256 sum = _mm256_cvtepi32_ps(_mm256_load_si256(reinterpret_cast<const __m256i*>(sums + c)));
    return _mm256_mul_ps(_mm256_add_ps(sum, _mm256_load_ps(bias + c)), _mm256_load_ps(scale + c));
  }

  [[nodiscard]] QUANTRAIL_INLINE __m256 clamped(__m256 value) const {
    return _mm256_min_ps(_mm256_max_ps(value, lo), hi);
  }

  /// Of 8 columns from `c` on.
  template <bool kSum, bool kClamp>
  [[nodiscard]] QUANTRAIL_INLINE __m256i codes(const std::int32_t* sums, std::int64_t c,
                                               const std::uint8_t* addend) const {
    __m256 value = scaled(sums, c);
    if constexpr (kSum) {
      value = _mm256_round_ps(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
      value = _mm256_add_ps(value, _mm256_cvtepi32_ps(zero_point));
      value = _mm256_min_ps(_mm256_max_ps(value, _mm256_setzero_ps()), _mm256_set1_ps(255.0F));
      const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(addend + c));
      const __m256 other = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
      const __m256 right = _mm256_fmadd_ps(own_first ? other : value, rhs_step, offset);
      value = _mm256_fmadd_ps(own_first ? value : other, lhs_step, right);
      return _mm256_cvtps_epi32(kClamp ? clamped(value) : value);
    } else {
      return _mm256_add_epi32(_mm256_cvtps_epi32(kClamp ? clamped(value) : value), zero_point);
    }
  }

  /// One row: four registers become one of codes, within [0, 255] without a clamp as well.
  template <bool kSum, bool kClamp>
  QUANTRAIL_INLINE void write(const std::int32_t* sums, std::uint8_t* to, bool /*accumulate*/) const {
    const bool whole = columns >= kTileColumns;
    alignas(32) std::uint8_t some[kTileColumns] = {};
    const std::uint8_t* addend = to;
    if (kSum && !whole) {
      std::copy_n(to, columns, some);
      addend = some;
    }
    const __m256i left = _mm256_packs_epi32(codes<kSum, kClamp>(sums, 0, addend), codes<kSum, kClamp>(sums, 8, addend));
    const __m256i right =
        _mm256_packs_epi32(codes<kSum, kClamp>(sums, 16, addend), codes<kSum, kClamp>(sums, 24, addend));
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i all = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(left, right), order);
    if (whole) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), all);
      return;
    }
    _mm256_store_si256(reinterpret_cast<__m256i*>(some), all);
    std::copy_n(some, columns, to);
  }

  template <bool kSum, bool kClamp>
  QUANTRAIL_INLINE void write(const std::int32_t* sums, float* to, bool accumulate) const {
    for (std::int64_t c = 0; c < std::min(columns, kTileColumns); c += 8) {
      const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
      const __m256i live = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(columns - c)), index);
      __m256 value = scaled(sums, c);
      if (accumulate) value = _mm256_add_ps(value, _mm256_maskload_ps(to + c, live));
      _mm256_maskstore_ps(to + c, live, clamped(value));
    }
  }
};

}  // namespace

template <class T, bool kSum, bool kClamp>
void CodeTiles::run_avx2_as(const std::uint8_t* src, T* dst, std::byte* scratch, Blocks blocks) const {
  Sums sums;
  const Way way{offsets_.data(), static_cast<std::int64_t>(offsets_.size()), depth_.elements,
                depth_.channels * (in_place_ ? 1 : shape_.stride_w)};
  alignas(32) static constexpr std::int32_t kNothing[kTileColumns] = {};
  auto* words = reinterpret_cast<std::int16_t*>(scratch + (planes_ * plane_ + 63) / 64 * 64);
  const TileSum sum = sum_.value_or(TileSum{});
  for_each_panel(src, scratch, [&](const Panel& panel) QUANTRAIL_INLINED {
    widen(panel.source, panel.bytes, words);
    for (std::int64_t block = blocks.first; block < blocks.last; ++block) {
      const std::int64_t column = block * kTileColumns;
      const Finish finish{scale_.data() + column,
                          bias_.data() + column,
                          _mm256_set1_epi32(result_zero_point_),
                          _mm256_set1_ps(lo_),
                          _mm256_set1_ps(hi_),
                          _mm256_set1_ps(sum.addition.lhs_step),
                          _mm256_set1_ps(sum.addition.rhs_step),
                          _mm256_set1_ps(sum.addition.offset),
                          sum.own_first,
                          shape_.columns - column};
      for (std::int64_t done = panel.done; done < panel.positions; done += kTileRows) {
        multiply_block(words + std::min(done, panel.positions - kTileRows) * way.step, way, weights_->words(block),
                       start_.empty() ? kNothing : start_.data() + column, finish.columns, sums);
        for_each_line(panel, done, [&](std::int64_t first, std::int64_t last, std::int64_t row) QUANTRAIL_INLINED {
          T* to = dst + row * shape_.columns + column;
          for (; first < last; ++first, to += shape_.columns)
            finish.write<kSum, kClamp>(sums.at + first * kTileColumns, to, accumulate_);
        });
      }
    }
  });
}

void CodeTiles::run_avx2(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const {
  with_rule([&]<bool kSum, bool kClamp>() { run_avx2_as<std::uint8_t, kSum, kClamp>(src, dst, scratch, blocks); });
}

void CodeTiles::run_avx2(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const {
  run_avx2_as<float, false, true>(src, dst, scratch, blocks);
}

}  // namespace quantrail::kernels

#pragma GCC pop_options

#else

namespace quantrail::kernels {

bool has_avx2() { return false; }
void CodeTiles::run_avx2(const std::uint8_t*, std::uint8_t*, std::byte*, Blocks) const {}
void CodeTiles::run_avx2(const std::uint8_t*, float*, std::byte*, Blocks) const {}

}  // namespace quantrail::kernels

#endif
