#pragma once

#include <cstdint>

namespace quantrail::kernels {

/// dst[c * dst_stride + r] = src[r * src_stride + c] for r < rows, c < cols. Must not overlap.
template <class T>
struct Flip {
  const T* src = nullptr;
  std::int64_t src_stride = 0;
  T* dst = nullptr;
  std::int64_t dst_stride = 0;
  std::int64_t rows = 0;
  std::int64_t cols = 0;
};

void flip(const Flip<float>& matrix);
void flip(const Flip<std::uint8_t>& matrix);
void flip(const Flip<std::uint16_t>& matrix);
void flip(const Flip<std::uint64_t>& matrix);

}  // namespace quantrail::kernels
