#include "runtime/kernels_groups.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "runtime/isa.h"
#include "runtime/kernels_lanes.h"

namespace quantrail::kernels {
namespace {

/// In lanes as fold_in_lanes() has them. In doubles, so that equal values have exactly their mean.
template <class Load>
QUANTRAIL_INLINE double sum_in_lanes(std::int64_t count, Load load) {
  double lanes[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
#pragma GCC unroll 1  // else the lanes become sixteen scalars
    for (std::int64_t l = 0; l < kLanes; ++l) lanes[l] += load(i + l);
  }
  for (std::int64_t l = 0; i + l < count; ++l) lanes[l] += load(i + l);
  for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::int64_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
  }
  return lanes[0];
}

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
};

QUANTRAIL_CLONES Moments moments_of(const float* src, std::int64_t width) {
  const auto count = static_cast<double>(width);
  const double mean =
      sum_in_lanes(width, [=](std::int64_t i) QUANTRAIL_INLINED { return static_cast<double>(src[i]); }) / count;
  const double squares = sum_in_lanes(width, [=](std::int64_t i) QUANTRAIL_INLINED {
    const double distance = static_cast<double>(src[i]) - mean;
    return distance * distance;
  });
  return {mean, squares / count};
}

QUANTRAIL_CLONES void scale_run(const float* src, std::int64_t count, double mean, double factor, double offset,
                                float* dst) {
  QUANTRAIL_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i)
    dst[i] = static_cast<float>((static_cast<double>(src[i]) - mean) * factor + offset);
}

}  // namespace

void normalise_groups(std::span<const float> src, const GroupShape& shape, std::span<const float> factor,
                      std::span<const float> offset, std::span<float> dst) {
  assert(src.size() == dst.size() && factor.size() == offset.size() && shape.width % shape.run == 0);
  const auto rows = static_cast<std::int64_t>(src.size()) / shape.width;
  const std::int64_t runs = shape.width / shape.run;
  const auto parameters = std::max<std::int64_t>(static_cast<std::int64_t>(factor.size()), 1);
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto [mean, variance] = moments_of(src.data() + row * shape.width, shape.width);
    const double inverse = 1.0 / (std::sqrt(variance + shape.epsilon) + shape.beside_root);
    for (std::int64_t run = 0; run < runs; ++run) {
      const auto at = static_cast<std::size_t>(((shape.first_row + row) * runs + run) % parameters);
      const double by = factor.empty() ? inverse : static_cast<double>(factor[at]) * inverse;
      const auto first = row * shape.width + run * shape.run;
      const double shift = offset.empty() ? 0.0 : static_cast<double>(offset[at]);
      scale_run(src.data() + first, shape.run, mean, by, shift, dst.data() + first);
    }
  }
}

}  // namespace quantrail::kernels
