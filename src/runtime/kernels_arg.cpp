#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

#include "runtime/isa.h"
#include "runtime/kernels_reduce.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kBlock = 64;  // neighbouring results computed together

/// `count` neighbouring columns of `axis` rows that lie `stride` apart.
struct Columns {
  const float* src = nullptr;
  std::int64_t axis = 0;
  std::int64_t stride = 0;
  std::int64_t count = 0;
};

template <class Better>
QUANTRAIL_INLINE void best_rows(const Columns& columns, std::int64_t* dst, Better better) {
  std::array<float, kBlock> best{};
  std::array<std::int32_t, kBlock> row{};
  std::copy_n(columns.src, columns.count, best.begin());
  for (std::int64_t a = 1; a < columns.axis; ++a) {
    const float* src = columns.src + a * columns.stride;
    for (std::int64_t i = 0; i < columns.count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const bool wins = better(src[i], best[at]);
      best[at] = wins ? src[i] : best[at];
      row[at] = wins ? static_cast<std::int32_t>(a) : row[at];
    }
  }
  for (std::int64_t i = 0; i < columns.count; ++i) dst[i] = row[static_cast<std::size_t>(i)];
}

QUANTRAIL_CLONES void largest_rows(const Columns& columns, Tie tie, std::int64_t* dst) {
  if (tie == Tie::First) return best_rows(columns, dst, [](float x, float y) QUANTRAIL_INLINED { return x > y; });
  best_rows(columns, dst, [](float x, float y) QUANTRAIL_INLINED { return x >= y; });
}

QUANTRAIL_CLONES void smallest_rows(const Columns& columns, Tie tie, std::int64_t* dst) {
  if (tie == Tie::First) return best_rows(columns, dst, [](float x, float y) QUANTRAIL_INLINED { return x < y; });
  best_rows(columns, dst, [](float x, float y) QUANTRAIL_INLINED { return x <= y; });
}

template <class F>
void for_each_block(std::span<const float> src, AxisShape shape, std::span<std::int64_t> dst, F visit) {
  assert(static_cast<std::int64_t>(dst.size()) == shape.outer * shape.inner && shape.axis > 0);
  for (std::int64_t o = 0; o < shape.outer; ++o) {
    for (std::int64_t i = 0; i < shape.inner; i += kBlock) {
      const float* from = src.data() + o * shape.axis * shape.inner + i;
      visit(Columns{from, shape.axis, shape.inner, std::min(kBlock, shape.inner - i)},
            dst.data() + o * shape.inner + i);
    }
  }
}

}  // namespace

void arg_max(std::span<const float> src, AxisShape shape, Tie tie, std::span<std::int64_t> dst) {
  for_each_block(src, shape, dst, [=](const Columns& columns, std::int64_t* to) { largest_rows(columns, tie, to); });
}

void arg_min(std::span<const float> src, AxisShape shape, Tie tie, std::span<std::int64_t> dst) {
  for_each_block(src, shape, dst, [=](const Columns& columns, std::int64_t* to) { smallest_rows(columns, tie, to); });
}

}  // namespace quantrail::kernels
