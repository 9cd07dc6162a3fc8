#include "runtime/kernels_cumulate.h"

#include <algorithm>
#include <cassert>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

/// `count` neighbours one after the other.
void cumulate_line(const float* src, std::int64_t count, Cumulation how, float* dst) {
  double sum = 0.0;
  for (std::int64_t step = 0; step < count; ++step) {
    const std::int64_t at = how.reverse ? count - 1 - step : step;
    const double next = sum + static_cast<double>(src[at]);
    dst[at] = static_cast<float>(how.exclusive ? sum : next);
    sum = next;
  }
}

constexpr std::int64_t kTogether = 256;

/// One position of the axis for up to kTogether neighbours.
QUANTRAIL_CLONES void add_columns(const float* src, std::int64_t count, bool exclusive, double* sums, float* dst) {
  if (exclusive) {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) {
      const auto value = static_cast<double>(src[i]);
      dst[i] = static_cast<float>(sums[i]);
      sums[i] += value;
    }
  } else {
    QUANTRAIL_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) {
      sums[i] += static_cast<double>(src[i]);
      dst[i] = static_cast<float>(sums[i]);
    }
  }
}

}  // namespace

void cumulate(std::span<const float> src, AxisShape shape, Cumulation how, std::span<float> dst) {
  assert(src.size() == dst.size());
  for (std::int64_t outer = 0; outer < shape.outer; ++outer) {
    const std::int64_t start = outer * shape.axis * shape.inner;
    if (shape.inner == 1) {
      cumulate_line(src.data() + start, shape.axis, how, dst.data() + start);
      continue;
    }
    for (std::int64_t column = 0; column < shape.inner; column += kTogether) {
      const std::int64_t count = std::min(kTogether, shape.inner - column);
      double sums[kTogether] = {};
      for (std::int64_t step = 0; step < shape.axis; ++step) {
        const std::int64_t at = start + (how.reverse ? shape.axis - 1 - step : step) * shape.inner + column;
        add_columns(src.data() + at, count, how.exclusive, sums, dst.data() + at);
      }
    }
  }
}

}  // namespace quantrail::kernels
