#include "runtime/kernels_reduce.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "runtime/isa.h"
#include "runtime/kernels_lanes.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kBlock = 64;  // neighbouring results computed together

constexpr float start_of(Reduction op) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (op == Reduction::Max) return -kInfinity;
  if (op == Reduction::Min) return kInfinity;
  return op == Reduction::Prod ? 1.0F : 0.0F;
}

template <class Fold>
QUANTRAIL_INLINE float folded_row(const float* src, std::int64_t count, float start, Fold fold) {
  return fold_in_lanes(
      count, start, [=](std::int64_t i) QUANTRAIL_INLINED { return src[i]; }, fold);
}

/// The sum of `term` over a row.
template <class Term>
QUANTRAIL_INLINE float summed_row(const float* src, std::int64_t count, Term term) {
  return fold_in_lanes(
      count, 0.0F, [=](std::int64_t i) QUANTRAIL_INLINED { return term(src[i]); },
      [](float x, float y) QUANTRAIL_INLINED { return x + y; });
}

QUANTRAIL_CLONES float reduced_row(Reduction op, const float* src, std::int64_t count) {
  const float start = start_of(op);
  switch (op) {
    case Reduction::Max:
      return folded_row(src, count, start, [](float x, float y) QUANTRAIL_INLINED { return larger(x, y); });
    case Reduction::Min:
      return folded_row(src, count, start, [](float x, float y) QUANTRAIL_INLINED { return smaller(x, y); });
    case Reduction::L1: return summed_row(src, count, [](float x) QUANTRAIL_INLINED { return std::fabs(x); });
    case Reduction::SumSquare: return summed_row(src, count, [](float x) QUANTRAIL_INLINED { return x * x; });
    case Reduction::Prod:
      return folded_row(src, count, start, [](float x, float y) QUANTRAIL_INLINED { return x * y; });
    default: return folded_row(src, count, start, [](float x, float y) QUANTRAIL_INLINED { return x + y; });
  }
}

struct Columns {
  const float* src = nullptr;
  std::int64_t axis = 0;
  std::int64_t stride = 0;
  std::int64_t count = 0;
};

template <class Fold>
QUANTRAIL_INLINE void fold_columns(const Columns& columns, float start, float* __restrict dst, Fold fold) {
  for (std::int64_t i = 0; i < columns.count; ++i) dst[i] = start;
  for (std::int64_t a = 0; a < columns.axis; ++a) {
    const float* src = columns.src + a * columns.stride;
    for (std::int64_t i = 0; i < columns.count; ++i) dst[i] = fold(dst[i], src[i]);
  }
}

QUANTRAIL_CLONES void reduce_columns(Reduction op, const Columns& columns, float* dst) {
  const float start = start_of(op);
  switch (op) {
    case Reduction::Max:
      return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return larger(x, y); });
    case Reduction::Min:
      return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return smaller(x, y); });
    case Reduction::L1:
      return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return x + std::fabs(y); });
    case Reduction::SumSquare:
      return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return x + y * y; });
    case Reduction::Prod:
      return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return x * y; });
    default: return fold_columns(columns, start, dst, [](float x, float y) QUANTRAIL_INLINED { return x + y; });
  }
}

}  // namespace

void reduce(Reduction op, std::span<const float> src, AxisShape shape, std::span<float> dst) {
  assert(static_cast<std::int64_t>(src.size()) == shape.outer * shape.axis * shape.inner);
  assert(static_cast<std::int64_t>(dst.size()) == shape.outer * shape.inner);
  for (std::int64_t o = 0; o < shape.outer; ++o) {
    const float* from = src.data() + o * shape.axis * shape.inner;
    if (shape.inner == 1) {
      dst[static_cast<std::size_t>(o)] = reduced_row(op, from, shape.axis);
      continue;
    }
    for (std::int64_t i = 0; i < shape.inner; i += kBlock) {
      const Columns columns{from + i, shape.axis, shape.inner, std::min(kBlock, shape.inner - i)};
      reduce_columns(op, columns, dst.data() + o * shape.inner + i);
    }
  }
  if (op != Reduction::Mean) return;
  for (float& value : dst) value /= static_cast<float>(shape.axis);
}

}  // namespace quantrail::kernels
