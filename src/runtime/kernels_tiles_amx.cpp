#include <algorithm>
#include <array>

#include "runtime/isa.h"
#include "runtime/kernels_tiles.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace quantrail::kernels {
namespace {

/// Linux gives a process the registers of tiles when it asks for them.
bool tiles_granted() {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

bool processor_has_tiles() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kTile = 1U << 24U;
  constexpr unsigned kInt8 = 1U << 25U;
  const bool known = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
  return known && (d & kTile) != 0 && (d & kInt8) != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0;
}

}  // namespace

bool has_amx() {
  static const bool kHas = processor_has_tiles() && tiles_granted();
  return kHas;
}

#pragma GCC push_options
#pragma GCC target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl")
#pragma GCC diagnostic ignored "-Wuninitialized"  // g++ 12's own intrinsics (PR 105593)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

}  // namespace quantrail::kernels

#include "runtime/kernels_tiles_panels.h"

namespace quantrail::kernels {
namespace {

/// As long as it lives: tiles 0 to 3 hold 16 rows of 16 sums, 4 and 5 16 rows of `depth` codes, 6 and 7 the weights of
/// 16 columns.
class Tiles {
 public:
  explicit Tiles(std::int64_t depth) {
    struct alignas(64) Palette {
      std::uint8_t id = 1;
      std::uint8_t start_row = 0;
      std::array<std::uint8_t, 14> reserved{};
      std::array<std::uint16_t, 16> row_bytes{};
      std::array<std::uint8_t, 16> rows{};
    } palette;
    for (std::size_t tile = 0; tile < 8; ++tile) {
      const bool codes = tile == 4 || tile == 5;
      const bool weights = tile > 5;
      palette.row_bytes.at(tile) = static_cast<std::uint16_t>(codes ? depth : 64);
      palette.rows.at(tile) = static_cast<std::uint8_t>(weights ? depth / 4 : 16);
    }
    _tile_loadconfig(&palette);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

/// Sums of 32 rows and 32 columns.
struct alignas(64) Sums {
  std::int32_t at[kTileRows * kTileColumns];
};

/// What multiply() goes through.
struct Way {
  const std::int64_t* offsets;  // of each tile of depth, in the source
  std::int64_t tiles;
  std::int64_t depth;
  std::int64_t step;  // from one position to the next, in bytes
};

/// Tiles 0 to 3 = start + 32 positions from `source` on · weights. Meanwhile `lines` cache lines for each tile of depth
/// come nearer, from `ahead` on.
QUANTRAIL_INLINE void multiply(const std::uint8_t* source, const Way& way, const std::int8_t* weights,
                               const std::int32_t* start, const std::int8_t* ahead, std::int64_t lines) {
  if (start != nullptr) {
    _tile_loadd(0, start, 0);
    _tile_loadd(1, start + 16, 0);
    _tile_loadd(2, start, 0);
    _tile_loadd(3, start + 16, 0);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const std::int64_t half = 16 * way.depth;
  for (std::int64_t tile = 0; tile < way.tiles; ++tile, weights += 2 * half) {
    const std::uint8_t* upper = source + way.offsets[tile];
    _tile_loadd(6, weights, 64);
    _tile_loadd(4, upper, way.step);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, weights + half, 64);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, upper + 16 * way.step, way.step);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
    for (std::int64_t line = 0; line < lines; ++line, ahead += 64) _mm_prefetch(ahead, _MM_HINT_T1);
  }
}

QUANTRAIL_INLINE void store(Sums& sums) {
  _tile_stored(0, sums.at, kTileColumns * 4);
  _tile_stored(1, sums.at + 16, kTileColumns * 4);
  _tile_stored(2, sums.at + 16 * kTileColumns, kTileColumns * 4);
  _tile_stored(3, sums.at + 16 * kTileColumns + 16, kTileColumns * 4);
}

/// One row of a block: two halves of 16 columns.
struct Halves {
  __m512 half[2];
};

/// What turns the sums of one block of columns into results.
struct Finish {
  Finish(const float* scales, const float* biases, std::uint8_t result_zero_point, float least, float most,
         const TileSum& sum, std::int64_t columns)
      : scale{{_mm512_load_ps(scales), _mm512_load_ps(scales + 16)}},
        bias{{_mm512_load_ps(biases), _mm512_load_ps(biases + 16)}},
        zero_point(_mm512_set1_epi32(result_zero_point)),
        lo(_mm512_set1_ps(least)),
        hi(_mm512_set1_ps(most)),
        lhs_step(_mm512_set1_ps(sum.addition.lhs_step)),
        rhs_step(_mm512_set1_ps(sum.addition.rhs_step)),
        offset(_mm512_set1_ps(sum.addition.offset)),
        own_first(sum.own_first),
        live(columns >= kTileColumns ? ~__mmask32{0} : (__mmask32{1} << static_cast<unsigned>(columns)) - 1) {}

  Halves scale;
  Halves bias;
  __m512i zero_point;
  __m512 lo;
  __m512 hi;
  __m512 lhs_step;
  __m512 rhs_step;
  __m512 offset;
  bool own_first;
  __mmask32 live;  // columns that exist

  [[nodiscard]] QUANTRAIL_INLINE __m512 scaled(const Sums& sums, std::int64_t row, int half) const {
    const __m512 sum = _mm512_cvtepi32_ps(_mm512_load_si512(sums.at + row * kTileColumns + 16 * half));
    return _mm512_mul_ps(_mm512_add_ps(sum, bias.half[half]), scale.half[half]);
  }

  [[nodiscard]] QUANTRAIL_INLINE __m512 clamped(__m512 value) const {
    return _mm512_min_ps(_mm512_max_ps(value, lo), hi);
  }

  template <bool kSum, bool kClamp>
  [[nodiscard]] QUANTRAIL_INLINE __m512i codes(const Sums& sums, std::int64_t row, int half, __m256i addend) const {
    __m512 value = scaled(sums, row, half);
    if constexpr (kSum) {
      value = _mm512_roundscale_ps(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
      value = _mm512_add_ps(value, _mm512_cvtepi32_ps(zero_point));
      value = _mm512_min_ps(_mm512_max_ps(value, _mm512_setzero_ps()), _mm512_set1_ps(255.0F));
      const __m128i bytes = half == 0 ? _mm256_castsi256_si128(addend) : _mm256_extracti128_si256(addend, 1);
      const __m512 other = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes));
      const __m512 right = _mm512_fmadd_ps(own_first ? other : value, rhs_step, offset);
      value = _mm512_fmadd_ps(own_first ? value : other, lhs_step, right);
      return _mm512_cvtps_epi32(kClamp ? clamped(value) : value);
    } else {
      return _mm512_add_epi32(_mm512_cvtps_epi32(kClamp ? clamped(value) : value), zero_point);
    }
  }

  /// Rows `first` and `second` at once: four registers become one of codes, within [0, 255] without a clamp as well.
  template <bool kSum, bool kClamp>
  QUANTRAIL_INLINE void write(const Sums& sums, std::int64_t first, std::int64_t second,
                              std::uint8_t* const (&to)[2]) const {
    __m256i addend[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    if constexpr (kSum) {
      addend[0] = _mm256_maskz_loadu_epi8(live, to[0]);
      addend[1] = _mm256_maskz_loadu_epi8(live, to[1]);
    }
    const __m512i upper = _mm512_packs_epi32(codes<kSum, kClamp>(sums, first, 0, addend[0]),
                                             codes<kSum, kClamp>(sums, first, 1, addend[0]));
    const __m512i under = _mm512_packs_epi32(codes<kSum, kClamp>(sums, second, 0, addend[1]),
                                             codes<kSum, kClamp>(sums, second, 1, addend[1]));
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i both = _mm512_permutexvar_epi32(order, _mm512_packus_epi16(upper, under));
    _mm256_mask_storeu_epi8(to[0], live, _mm512_castsi512_si256(both));
    _mm256_mask_storeu_epi8(to[1], live, _mm512_extracti64x4_epi64(both, 1));
  }
};

/// Rows [first, last) of the sums, to `dst` on.
template <bool kSum, bool kClamp>
QUANTRAIL_INLINE void write_rows(const Finish& finish, const Sums& sums, std::int64_t first, std::int64_t last,
                                 std::uint8_t* dst, std::int64_t columns, bool /*accumulate*/) {
  for (; first + 1 < last; first += 2, dst += 2 * columns)
    finish.write<kSum, kClamp>(sums, first, first + 1, {dst, dst + columns});
  if (first < last) finish.write<kSum, kClamp>(sums, first, first, {dst, dst});
}

template <bool kSum, bool kClamp>
QUANTRAIL_INLINE void write_rows(const Finish& finish, const Sums& sums, std::int64_t first, std::int64_t last,
                                 float* dst, std::int64_t columns, bool accumulate) {
  for (; first < last; ++first, dst += columns) {
    for (int half = 0; half < 2; ++half) {
      const auto live = static_cast<__mmask16>(finish.live >> (16U * static_cast<unsigned>(half)));
      float* to = dst + 16 * half;
      __m512 value = finish.scaled(sums, first, half);
      if (accumulate) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(live, to));
      _mm512_mask_storeu_ps(to, live, finish.clamped(value));
    }
  }
}

}  // namespace

template <class T, bool kSum, bool kClamp>
void CodeTiles::run_amx_as(const std::uint8_t* src, T* dst, std::byte* scratch, Blocks blocks) const {
  const Tiles tiles(depth_.elements);
  Sums sums;
  const Way way{offsets_.data(), static_cast<std::int64_t>(offsets_.size()), depth_.elements,
                depth_.channels * (in_place_ ? 1 : shape_.stride_w)};
  for_each_panel(src, scratch, [&](const Panel& panel) QUANTRAIL_INLINED {
    const auto write = [&](std::int64_t block, std::int64_t done) QUANTRAIL_INLINED {
      const auto column = static_cast<std::size_t>(block * kTileColumns);
      const Finish finish(&scale_[column], &bias_[column], result_zero_point_, lo_, hi_, sum_.value_or(TileSum{}),
                          shape_.columns - block * kTileColumns);
      for_each_line(panel, done, [&](std::int64_t first, std::int64_t last, std::int64_t row) QUANTRAIL_INLINED {
        T* to = dst + row * shape_.columns + block * kTileColumns;
        write_rows<kSum, kClamp>(finish, sums, first, last, to, shape_.columns, accumulate_);
      });
    };
    // The lines of the next block of weights are shared among this one's rows.
    const std::int64_t row_blocks = (panel.positions - panel.done + kTileRows - 1) / kTileRows;
    const std::int64_t lines = (depth_.elements / 2 + row_blocks - 1) / row_blocks;
    // While tiles are multiplied, the sums of those before become results.
    std::int64_t block_before = -1;
    std::int64_t done_before = 0;
    for (std::int64_t block = blocks.first; block < blocks.last; ++block) {
      const std::int32_t* start = start_.empty() ? nullptr : start_.data() + block * kTileColumns;
      const std::int8_t* ahead = weights_->block(block + 1);
      for (std::int64_t done = panel.done; done < panel.positions; done += kTileRows) {
        const bool more = block + 1 < blocks.last && ahead < weights_->block(block + 2);
        multiply(panel.source + std::min(done, panel.positions - kTileRows) * way.step, way, weights_->block(block),
                 start, ahead, more ? lines : 0);
        ahead += lines * way.tiles * 64;
        if (block_before >= 0) write(block_before, done_before);
        store(sums);
        block_before = block;
        done_before = done;
      }
    }
    if (block_before >= 0) write(block_before, done_before);
  });
}

void CodeTiles::run_amx(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const {
  with_rule([&]<bool kSum, bool kClamp>() { run_amx_as<std::uint8_t, kSum, kClamp>(src, dst, scratch, blocks); });
}

void CodeTiles::run_amx(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const {
  run_amx_as<float, false, true>(src, dst, scratch, blocks);
}

#pragma GCC pop_options

}  // namespace quantrail::kernels

#else

namespace quantrail::kernels {

bool has_amx() { return false; }
void CodeTiles::run_amx(const std::uint8_t*, std::uint8_t*, std::byte*, Blocks) const {}
void CodeTiles::run_amx(const std::uint8_t*, float*, std::byte*, Blocks) const {}

}  // namespace quantrail::kernels

#endif
