#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/isa.h"
#include "runtime/kernels_move.h"

namespace quantrail::kernels {
namespace {

/// One axis of the result, in elements of the source.
struct Axis {
  std::int64_t size = 1;
  std::int64_t stride = 0;  ///< from one position of the result to the next; negative for negative steps
};

// Each stride that networks use as a loop of its own, which vectorises.
template <class T>
QUANTRAIL_INLINE void copy_any_stride(const T* src, std::int64_t stride, std::int64_t count, T* __restrict dst) {
  switch (stride) {
    case 1:
      for (std::int64_t i = 0; i < count; ++i) dst[i] = src[i];
      return;
    case 2:
      for (std::int64_t i = 0; i < count; ++i) dst[i] = src[2 * i];
      return;
    default:
      for (std::int64_t i = 0; i < count; ++i) dst[i] = src[stride * i];
  }
}

QUANTRAIL_CLONES void copy_strided(const std::uint8_t* src, std::int64_t stride, std::int64_t count,
                                   std::uint8_t* dst) {
  copy_any_stride(src, stride, count, dst);
}
QUANTRAIL_CLONES void copy_strided(const std::uint16_t* src, std::int64_t stride, std::int64_t count,
                                   std::uint16_t* dst) {
  copy_any_stride(src, stride, count, dst);
}
QUANTRAIL_CLONES void copy_strided(const float* src, std::int64_t stride, std::int64_t count, float* dst) {
  copy_any_stride(src, stride, count, dst);
}
QUANTRAIL_CLONES void copy_strided(const std::uint64_t* src, std::int64_t stride, std::int64_t count,
                                   std::uint64_t* dst) {
  copy_any_stride(src, stride, count, dst);
}

template <class T>
void slice_any(std::span<const T> src, const SliceShape& shape, std::span<T> dst) {
  const std::size_t rank = shape.source.size();
  assert(rank <= kMaxRank && shape.result.size() == rank && shape.begin.size() == rank && shape.step.size() == rank);
  if (dst.empty()) return;
  std::array<Axis, kMaxRank> axes{};  // innermost first
  std::size_t used = 0;
  std::int64_t run = 1;  // neighbouring elements copied at once
  std::int64_t from = 0;
  std::int64_t stride = 1;
  for (std::size_t a = rank; a-- > 0; stride *= shape.source[a]) {
    from += shape.begin[a] * stride;
    if (used == 0 && run == stride && shape.step[a] == 1) {
      run *= shape.result[a];
    } else {
      axes[used++] = {shape.result[a], shape.step[a] * stride};
    }
  }
  // Where no neighbours go together, the innermost axis is the loop.
  const std::size_t innermost = run == 1 && used > 0 ? 1 : 0;
  std::array<std::int64_t, kMaxRank> at{};
  T* to = dst.data();
  for (;;) {
    if (innermost == 1) {
      copy_strided(src.data() + from, axes[0].stride, axes[0].size, to);
      to += axes[0].size;
    } else {
      to = std::copy_n(src.data() + from, run, to);
    }
    std::size_t axis = innermost;
    for (; axis < used; ++axis) {
      from += axes[axis].stride;
      if (++at[axis] < axes[axis].size) break;
      from -= axes[axis].stride * axes[axis].size;
      at[axis] = 0;
    }
    if (axis == used) return;
  }
}

}  // namespace

void slice(std::span<const float> src, const SliceShape& shape, std::span<float> dst) { slice_any(src, shape, dst); }
void slice(std::span<const std::uint8_t> src, const SliceShape& shape, std::span<std::uint8_t> dst) {
  slice_any(src, shape, dst);
}
void slice(std::span<const std::uint16_t> src, const SliceShape& shape, std::span<std::uint16_t> dst) {
  slice_any(src, shape, dst);
}
void slice(std::span<const std::uint64_t> src, const SliceShape& shape, std::span<std::uint64_t> dst) {
  slice_any(src, shape, dst);
}

}  // namespace quantrail::kernels
