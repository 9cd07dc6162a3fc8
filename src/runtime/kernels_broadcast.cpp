#include "runtime/kernels_broadcast.h"

#include <cassert>

namespace quantrail::kernels {
namespace {

/// Size of axis `from_end` (0 is the last), 1 where the shape is shorter.
std::int64_t size_at(std::span<const std::int64_t> shape, std::size_t from_end) {
  return from_end < shape.size() ? shape[shape.size() - 1 - from_end] : 1;
}

}  // namespace

Broadcast::Broadcast(std::span<const std::int64_t> lhs, std::span<const std::int64_t> rhs,
                     std::span<const std::int64_t> result) {
  assert(result.size() <= kMaxRank);
  std::int64_t lhs_stride = 1;
  std::int64_t rhs_stride = 1;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t size = size_at(result, i);
    const std::int64_t lhs_size = size_at(lhs, i);
    const std::int64_t rhs_size = size_at(rhs, i);
    assert((lhs_size == size || lhs_size == 1) && (rhs_size == size || rhs_size == 1));
    append({size, lhs_size == 1 ? 0 : lhs_stride, rhs_size == 1 ? 0 : rhs_stride});
    lhs_stride *= lhs_size;
    rhs_stride *= rhs_size;
  }
  if (used_ == 0) used_ = 1;  // a scalar: one run of one element
  for (std::size_t axis = 1; axis < used_; ++axis) runs_ *= axes_[axis].size;
}

void Broadcast::append(Axis axis) {
  if (axis.size == 1) return;
  if (used_ > 0) {
    Axis& last = axes_[used_ - 1];
    if (axis.lhs == last.lhs * last.size && axis.rhs == last.rhs * last.size) {
      last.size *= axis.size;
      return;
    }
  }
  axes_[used_++] = axis;
}

}  // namespace quantrail::kernels
