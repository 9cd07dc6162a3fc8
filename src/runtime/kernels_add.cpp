#include "runtime/kernels_add.h"

#include <cassert>
#include <vector>

#include "runtime/isa.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#define QUANTRAIL_FUSED_ADDITION 1
#endif

namespace quantrail::kernels {
namespace {

using Rule = CodeAddition::Rule;

#if defined(QUANTRAIL_FUSED_ADDITION)

bool fused_is_possible() { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0; }

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw")
#pragma GCC diagnostic ignored "-Wuninitialized"  // g++ 12's own intrinsics (PR 105593)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

/// A rule in registers.
struct Registers {
  __m512 lhs_step;
  __m512 rhs_step;
  __m512 offset;
  __m512i zero_point;
  __m512i lo;
  __m512i hi;
};

QUANTRAIL_INLINE __m512 sixteen(const std::uint8_t* codes) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes))));
}

QUANTRAIL_INLINE __m512i rounded_sums(const Registers& with, const std::uint8_t* lhs, const std::uint8_t* rhs) {
  const __m512 part = _mm512_fmadd_ps(with.rhs_step, sixteen(rhs), with.offset);
  return _mm512_cvtps_epi32(_mm512_fmadd_ps(with.lhs_step, sixteen(lhs), part));
}

/// 64 sums; the saturating packs are the clamp to [0, 255].
QUANTRAIL_INLINE __m512i sums(const Registers& with, const std::uint8_t* lhs, const std::uint8_t* rhs) {
  const __m512i first = _mm512_packs_epi32(rounded_sums(with, lhs, rhs), rounded_sums(with, lhs + 16, rhs + 16));
  const __m512i second =
      _mm512_packs_epi32(rounded_sums(with, lhs + 32, rhs + 32), rounded_sums(with, lhs + 48, rhs + 48));
  const __m512i packed =
      _mm512_packus_epi16(_mm512_adds_epi16(first, with.zero_point), _mm512_adds_epi16(second, with.zero_point));
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_min_epu8(_mm512_max_epu8(_mm512_permutexvar_epi32(order, packed), with.lo), with.hi);
}

QUANTRAIL_INLINE __m512i corrected(const Rule& rule, __m512i codes, const std::uint8_t* lhs, const std::uint8_t* rhs) {
  const auto same = [](__mmask64 where, const std::uint8_t* at, std::uint8_t code) QUANTRAIL_INLINED {
    return _mm512_mask_cmpeq_epi8_mask(where, _mm512_loadu_si512(at), _mm512_set1_epi8(static_cast<char>(code)));
  };
  for (std::size_t i = 0; i < rule.exceptions; ++i) {
    const auto& exception = rule.exception[i];
    const __mmask64 both = same(same(~__mmask64{0}, lhs, exception.lhs), rhs, exception.rhs);
    codes = _mm512_mask_set1_epi8(codes, both, static_cast<char>(exception.sum));
  }
  return codes;
}

void add_fused(const Rule& rule, const std::uint8_t* lhs, const std::uint8_t* rhs, std::uint8_t* dst,
               std::size_t count) {
  const Registers with{_mm512_set1_ps(rule.lhs_step),
                       _mm512_set1_ps(rule.rhs_step),
                       _mm512_set1_ps(rule.offset),
                       _mm512_set1_epi16(rule.zero_point),
                       _mm512_set1_epi8(static_cast<char>(rule.lo)),
                       _mm512_set1_epi8(static_cast<char>(rule.hi))};
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    _mm512_storeu_si512(dst + i, corrected(rule, sums(with, lhs + i, rhs + i), lhs + i, rhs + i));
  }
  if (i == count) return;
  alignas(64) std::array<std::uint8_t, 64> left{};
  alignas(64) std::array<std::uint8_t, 64> right{};
  const __mmask64 rest = (__mmask64{1} << (count - i)) - 1;
  _mm512_store_si512(left.data(), _mm512_maskz_loadu_epi8(rest, lhs + i));
  _mm512_store_si512(right.data(), _mm512_maskz_loadu_epi8(rest, rhs + i));
  const __m512i codes = corrected(rule, sums(with, left.data(), right.data()), left.data(), right.data());
  _mm512_mask_storeu_epi8(dst + i, rest, codes);
}

#pragma GCC pop_options

#else

bool fused_is_possible() { return false; }
void add_fused(const Rule&, const std::uint8_t*, const std::uint8_t*, std::uint8_t*, std::size_t) { assert(false); }

#endif

}  // namespace

CodeAddition::CodeAddition(ActivationParams lhs, ActivationParams rhs, const CodeResult& result)
    : lhs_(lhs), rhs_(rhs), result_(result) {
  const auto scale = static_cast<double>(result.params.scale);
  const double lhs_step = static_cast<double>(lhs.scale) / scale;
  const double rhs_step = static_cast<double>(rhs.scale) / scale;
  rule_.lhs_step = static_cast<float>(lhs_step);
  rule_.rhs_step = static_cast<float>(rhs_step);
  rule_.offset = static_cast<float>(-lhs_step * lhs.zero_point - rhs_step * rhs.zero_point);
  rule_.zero_point = result.params.zero_point;
  rule_.lo = result.lo;
  rule_.hi = result.hi;
  fused_ = fused_is_possible() && learn_exceptions();
}

bool CodeAddition::learn_exceptions() {
  std::array<std::uint8_t, 256> all{};
  for (std::size_t code = 0; code < all.size(); ++code) all[code] = static_cast<std::uint8_t>(code);
  std::array<std::uint8_t, 256> same{};
  std::array<std::uint8_t, 256> wanted{};
  std::array<std::uint8_t, 256> got{};
  Rule learned = rule_;
  for (const std::uint8_t code : all) {
    same.fill(code);
    add_codes({same, lhs_}, {all, rhs_}, result_, wanted);
    add_fused(rule_, same.data(), all.data(), got.data(), got.size());
    if (got == wanted) continue;
    for (const std::uint8_t other : all) {
      if (got[other] == wanted[other]) continue;
      if (learned.exceptions == kMostExceptions) return false;
      learned.exception[learned.exceptions++] = {code, other, wanted[other]};
    }
  }
  rule_ = learned;
  return true;
}

void CodeAddition::run(std::span<const std::uint8_t> lhs, std::span<const std::uint8_t> rhs,
                       std::span<std::uint8_t> dst) const {
  assert(lhs.size() == dst.size() && rhs.size() == dst.size());
  if (fused_) return add_fused(rule_, lhs.data(), rhs.data(), dst.data(), dst.size());
  add_codes({lhs, lhs_}, {rhs, rhs_}, result_, dst);
}

}  // namespace quantrail::kernels
