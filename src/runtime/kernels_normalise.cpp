#include "runtime/kernels_normalise.h"

#include <cassert>
#include <cmath>

#include "runtime/isa.h"
#include "runtime/kernels_lanes.h"

namespace quantrail::kernels {
namespace {

QUANTRAIL_INLINE float added(float x, float y) { return x + y; }

QUANTRAIL_CLONES void normalise_row(const float* src, std::int64_t width, float epsilon, const float* factor,
                                    const float* offset, float* dst) {
  const auto count = static_cast<float>(width);
  const float mean = fold_in_lanes(
                         width, 0.0F, [=](std::int64_t i) QUANTRAIL_INLINED { return src[i]; },
                         [](float x, float y) QUANTRAIL_INLINED { return added(x, y); }) /
                     count;
  const float variance =
      fold_in_lanes(
          width, 0.0F, [=](std::int64_t i) QUANTRAIL_INLINED { return (src[i] - mean) * (src[i] - mean); },
          [](float x, float y) QUANTRAIL_INLINED { return added(x, y); }) /
      count;
  const float inverse = 1.0F / std::sqrt(variance + epsilon);
  if (factor == nullptr) {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < width; ++i) dst[i] = (src[i] - mean) * inverse;
  } else if (offset == nullptr) {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < width; ++i) dst[i] = (src[i] - mean) * inverse * factor[i];
  } else {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < width; ++i) dst[i] = (src[i] - mean) * inverse * factor[i] + offset[i];
  }
}

const float* start(std::span<const float> values) { return values.empty() ? nullptr : values.data(); }

}  // namespace

void normalise_rows(std::span<const float> src, std::int64_t width, float epsilon, const RowAffine& affine,
                    std::span<float> dst) {
  assert(src.size() == dst.size() && width > 0 && src.size() % static_cast<std::size_t>(width) == 0);
  assert(!affine.factor.empty() || affine.offset.empty());
  const auto step = static_cast<std::size_t>(width);
  for (std::size_t at = 0; at < src.size(); at += step) {
    normalise_row(src.data() + at, width, epsilon, start(affine.factor), start(affine.offset), dst.data() + at);
  }
}

}  // namespace quantrail::kernels
