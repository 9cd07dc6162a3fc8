#include <cassert>

#include "runtime/kernels_unary.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace quantrail::kernels {
namespace {

void look_up_plain(const std::uint8_t* src, const CodeTable& table, std::uint8_t* dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = table[src[i]];
}

#if defined(__x86_64__)
// The whole table in four registers: 64 codes a step, where a loop over memory takes one. Tails are masked, so that
// short rows gain too.
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) void look_up_vbmi(const std::uint8_t* src,
                                                                         const CodeTable& table, std::uint8_t* dst,
                                                                         std::size_t count) {
  const __m512i first = _mm512_loadu_si512(table.data());
  const __m512i second = _mm512_loadu_si512(table.data() + 64);
  const __m512i third = _mm512_loadu_si512(table.data() + 128);
  const __m512i fourth = _mm512_loadu_si512(table.data() + 192);
  for (std::size_t i = 0; i < count; i += 64) {
    const std::size_t left = count - i;
    const __mmask64 live = left >= 64 ? ~__mmask64{0} : (__mmask64{1} << left) - 1;
    const __m512i codes = _mm512_maskz_loadu_epi8(live, src + i);
    const __m512i low = _mm512_permutex2var_epi8(first, codes, second);  // by the low seven bits of each code
    const __m512i high = _mm512_permutex2var_epi8(third, codes, fourth);
    _mm512_mask_storeu_epi8(dst + i, live, _mm512_mask_blend_epi8(_mm512_movepi8_mask(codes), low, high));
  }
}
#endif

}  // namespace

void look_up(std::span<const std::uint8_t> src, const CodeTable& table, std::span<std::uint8_t> dst) {
  assert(src.size() == dst.size());
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vbmi") != 0) return look_up_vbmi(src.data(), table, dst.data(), src.size());
#endif
  look_up_plain(src.data(), table, dst.data(), src.size());
}

}  // namespace quantrail::kernels
