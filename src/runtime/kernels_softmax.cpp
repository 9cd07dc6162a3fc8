#include "runtime/kernels_softmax.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "runtime/isa.h"
#include "runtime/kernels_lanes.h"
#include "runtime/kernels_math.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kBlock = 64;  // neighbouring positions that go along the axis together
constexpr float kLowest = -std::numeric_limits<float>::infinity();

QUANTRAIL_CLONES void softmax_row(const float* src, std::int64_t count, float* dst) {
  const float top = fold_in_lanes(
      count, kLowest, [=](std::int64_t i) QUANTRAIL_INLINED { return src[i]; },
      [](float x, float y) QUANTRAIL_INLINED { return larger(x, y); });
  QUANTRAIL_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) dst[i] = exp_of_negative(src[i] - top);
  const float sum = fold_in_lanes(
      count, 0.0F, [=](std::int64_t i) QUANTRAIL_INLINED { return dst[i]; },
      [](float x, float y) QUANTRAIL_INLINED { return x + y; });
  const float share = 1.0F / sum;
  for (std::int64_t i = 0; i < count; ++i) dst[i] = dst[i] * share;
}

QUANTRAIL_CLONES void softmax_columns(const float* src, std::int64_t axis, std::int64_t stride, std::int64_t count,
                                      float* dst) {
  float top[kBlock];
  float sum[kBlock];
  for (std::int64_t i = 0; i < count; ++i) {
    top[i] = kLowest;
    sum[i] = 0.0F;
  }
  for (std::int64_t a = 0; a < axis; ++a) {
    for (std::int64_t i = 0; i < count; ++i) top[i] = larger(top[i], src[a * stride + i]);
  }
  for (std::int64_t a = 0; a < axis; ++a) {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[a * stride + i] = exp_of_negative(src[a * stride + i] - top[i]);
    for (std::int64_t i = 0; i < count; ++i) sum[i] += dst[a * stride + i];
  }
  for (std::int64_t i = 0; i < count; ++i) sum[i] = 1.0F / sum[i];
  for (std::int64_t a = 0; a < axis; ++a) {
    for (std::int64_t i = 0; i < count; ++i) dst[a * stride + i] = dst[a * stride + i] * sum[i];
  }
}

}  // namespace

void softmax(std::span<const float> src, AxisShape shape, std::span<float> dst) {
  assert(src.size() == dst.size() && static_cast<std::int64_t>(src.size()) == shape.outer * shape.axis * shape.inner);
  for (std::int64_t o = 0; o < shape.outer; ++o) {
    const std::int64_t at = o * shape.axis * shape.inner;
    if (shape.inner == 1) {
      softmax_row(src.data() + at, shape.axis, dst.data() + at);
      continue;
    }
    for (std::int64_t i = 0; i < shape.inner; i += kBlock) {
      softmax_columns(src.data() + at + i, shape.axis, shape.inner, std::min(kBlock, shape.inner - i),
                      dst.data() + at + i);
    }
  }
}

}  // namespace quantrail::kernels
