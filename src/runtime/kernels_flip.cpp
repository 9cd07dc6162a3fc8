#include "runtime/kernels_flip.h"

#include <algorithm>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kBlock = 16;

// Through a block that fits in registers or the level-1 cache, so that loads and stores both run along memory.
template <class T>
QUANTRAIL_INLINE void flip_block(const T* src, std::int64_t src_stride, T* __restrict dst, std::int64_t dst_stride) {
  T block[kBlock][kBlock];
  for (std::int64_t r = 0; r < kBlock; ++r) {
    for (std::int64_t c = 0; c < kBlock; ++c) block[r][c] = src[r * src_stride + c];
  }
  for (std::int64_t c = 0; c < kBlock; ++c) {
    for (std::int64_t r = 0; r < kBlock; ++r) dst[c * dst_stride + r] = block[r][c];
  }
}

template <class T>
QUANTRAIL_INLINE void flip_all(const Flip<T>& m) {
  for (std::int64_t r = 0; r < m.rows; r += kBlock) {
    const std::int64_t rows = std::min(kBlock, m.rows - r);
    for (std::int64_t c = 0; c < m.cols; c += kBlock) {
      const std::int64_t cols = std::min(kBlock, m.cols - c);
      const T* src = m.src + r * m.src_stride + c;
      T* __restrict dst = m.dst + c * m.dst_stride + r;
      if (rows == kBlock && cols == kBlock) {
        flip_block(src, m.src_stride, dst, m.dst_stride);
        continue;
      }
      for (std::int64_t j = 0; j < cols; ++j) {
        for (std::int64_t i = 0; i < rows; ++i) dst[j * m.dst_stride + i] = src[i * m.src_stride + j];
      }
    }
  }
}

}  // namespace

QUANTRAIL_CLONES void flip(const Flip<float>& matrix) { flip_all(matrix); }
QUANTRAIL_CLONES void flip(const Flip<std::uint8_t>& matrix) { flip_all(matrix); }
QUANTRAIL_CLONES void flip(const Flip<std::uint16_t>& matrix) { flip_all(matrix); }
QUANTRAIL_CLONES void flip(const Flip<std::uint64_t>& matrix) { flip_all(matrix); }

}  // namespace quantrail::kernels
