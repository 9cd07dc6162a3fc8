#include "runtime/kernels_layout.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "runtime/kernels_flip.h"

namespace quantrail::kernels {
namespace {

/// Swaps the last two axes of [batch, rows, cols].
template <class T>
void swap_last(std::span<const T> src, std::int64_t batch, std::int64_t rows, std::int64_t cols, std::span<T> dst) {
  assert(static_cast<std::int64_t>(src.size()) == batch * rows * cols && src.size() == dst.size());
  if (rows == 1 || cols == 1) {
    std::copy(src.begin(), src.end(), dst.begin());
    return;
  }
  for (std::int64_t n = 0; n < batch; ++n) {
    const std::int64_t image = n * rows * cols;
    flip(Flip<T>{src.data() + image, cols, dst.data() + image, rows, rows, cols});
  }
}

struct Axis {
  std::int64_t size = 1;
  std::int64_t stride = 0;  ///< in the source
};

/// The axes of the result, innermost first; axes of size 1 are gone, and neighbours that are neighbours in the source
/// too are one. `used` of them; at least one.
struct Axes {
  std::array<Axis, kMaxRank> at{};
  std::size_t used = 0;
};

Axes result_axes(std::span<const std::int64_t> shape, std::span<const std::int64_t> perm) {
  std::array<std::int64_t, kMaxRank> strides{};
  std::int64_t stride = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; stride *= shape[axis]) strides[axis] = stride;
  Axes axes;
  for (std::size_t i = perm.size(); i-- > 0;) {
    const auto from = static_cast<std::size_t>(perm[i]);
    const Axis axis{shape[from], strides[from]};
    if (axis.size == 1) continue;
    if (axes.used > 0 && axis.stride == axes.at[axes.used - 1].stride * axes.at[axes.used - 1].size) {
      axes.at[axes.used - 1].size *= axis.size;
    } else {
      axes.at[axes.used++] = axis;
    }
  }
  if (axes.used == 0) axes = {{Axis{1, 1}}, 1};
  return axes;
}

/// Calls `visit(src offset, dst offset)` for every position of the axes other than `inner` and 0.
template <class F>
void for_each_outer(const Axes& axes, const std::array<std::int64_t, kMaxRank>& dst_strides, std::size_t inner,
                    F visit) {
  std::array<std::int64_t, kMaxRank> at{};
  std::int64_t src = 0;
  std::int64_t dst = 0;
  for (;;) {
    visit(src, dst);
    std::size_t axis = 1;
    for (; axis < axes.used; ++axis) {
      if (axis == inner) continue;
      src += axes.at[axis].stride;
      dst += dst_strides[axis];
      if (++at[axis] < axes.at[axis].size) break;
      src -= axes.at[axis].stride * axes.at[axis].size;
      dst -= dst_strides[axis] * axes.at[axis].size;
      at[axis] = 0;
    }
    if (axis == axes.used) return;
  }
}

template <class T>
void transpose_any(std::span<const T> src, std::span<const std::int64_t> shape, std::span<const std::int64_t> perm,
                   std::span<T> dst, Share share) {
  assert(src.size() == dst.size() && shape.size() == perm.size() && shape.size() <= kMaxRank);
  if (dst.empty()) return;
  Axes axes = result_axes(shape, perm);
  std::array<std::int64_t, kMaxRank> dst_strides{};
  std::size_t contiguous = 0;  // the result's axis along which the source runs
  std::int64_t stride = 1;
  for (std::size_t axis = 0; axis < axes.used; ++axis) {
    dst_strides[axis] = stride;
    stride *= axes.at[axis].size;
    if (axes.at[axis].stride == 1) contiguous = axis;
  }
  Axis& outermost = axes.at[axes.used - 1];
  const std::int64_t first = outermost.size * share.piece / share.pieces;
  src = src.subspan(static_cast<std::size_t>(first * outermost.stride));
  dst = dst.subspan(static_cast<std::size_t>(first * dst_strides[axes.used - 1]));
  outermost.size = outermost.size * (share.piece + 1) / share.pieces - first;
  if (outermost.size == 0) return;
  const Axis& last = axes.at[0];
  const Axis& along = axes.at[contiguous];
  for_each_outer(axes, dst_strides, contiguous, [&](std::int64_t from, std::int64_t to) {
    if (contiguous == 0) {
      std::copy_n(src.data() + from, last.size, dst.data() + to);
    } else {
      flip(Flip<T>{src.data() + from, last.stride, dst.data() + to, dst_strides[contiguous], last.size, along.size});
    }
  });
}

}  // namespace

void to_channels_last(std::span<const float> src, Channels shape, std::span<float> dst) {
  swap_last(src, shape.batch, shape.channels, shape.spatial, dst);
}
void to_channels_last(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst) {
  swap_last(src, shape.batch, shape.channels, shape.spatial, dst);
}
void to_channels_first(std::span<const float> src, Channels shape, std::span<float> dst) {
  swap_last(src, shape.batch, shape.spatial, shape.channels, dst);
}
void to_channels_first(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst) {
  swap_last(src, shape.batch, shape.spatial, shape.channels, dst);
}

void transpose(std::span<const float> src, std::span<const std::int64_t> shape, std::span<const std::int64_t> perm,
               std::span<float> dst, Share share) {
  transpose_any(src, shape, perm, dst, share);
}
void transpose(std::span<const std::uint8_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint8_t> dst, Share share) {
  transpose_any(src, shape, perm, dst, share);
}
void transpose(std::span<const std::uint16_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint16_t> dst, Share share) {
  transpose_any(src, shape, perm, dst, share);
}
void transpose(std::span<const std::uint64_t> src, std::span<const std::int64_t> shape,
               std::span<const std::int64_t> perm, std::span<std::uint64_t> dst, Share share) {
  transpose_any(src, shape, perm, dst, share);
}

}  // namespace quantrail::kernels
