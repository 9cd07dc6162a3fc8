#pragma once

#include <cassert>

#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {

/// out[i] = op(a[i], b[i]) over the broadcast shape. A and B: how the elements are stored.
template <class A, class B, class Out, class Op>
void zip(const Tensor& a, const Tensor& b, const Shape& shape, Out* out, Op op) {
  assert(sizeof(A) == size_of(a.type) && sizeof(B) == size_of(b.type));
  const auto* left = reinterpret_cast<const A*>(a.bytes.data());
  const auto* right = reinterpret_cast<const B*>(b.bytes.data());
  for_each_row<2>(shape, {broadcast_strides(a.shape, shape), broadcast_strides(b.shape, shape)},
                  [&](const auto& offsets, std::int64_t count, const auto& steps) {
                    const A* x = left + offsets[0];
                    const B* y = right + offsets[1];
                    for (std::int64_t at = 0; at < count; ++at) *out++ = op(x[at * steps[0]], y[at * steps[1]]);
                  });
}

}  // namespace quantrail
