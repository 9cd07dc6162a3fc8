#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/kernels_move.h"

namespace quantrail::kernels {
namespace {

/// One axis of the result, in elements of the source.
struct Axis {
  std::int64_t size = 1;
  std::int64_t stride = 0;  ///< from one position of the result to the next; negative for negative steps
};

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
  std::array<std::int64_t, kMaxRank> at{};
  T* to = dst.data();
  for (;;) {
    to = std::copy_n(src.data() + from, run, to);
    std::size_t axis = 0;
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

}  // namespace quantrail::kernels
