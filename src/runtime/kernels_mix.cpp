#include "runtime/kernels_mix.h"

#include <cassert>

#include "runtime/isa.h"

namespace quantrail::kernels {
namespace {

/// One result row of `inner` elements from `count` source rows.
QUANTRAIL_CLONES void mix_rows(const float* src, std::int64_t inner, const std::int64_t* positions,
                               const float* weights, std::int64_t count, float* dst) {
  if (count == 2) {
    const float* a = src + positions[0] * inner;
    const float* b = src + positions[1] * inner;
    const float p = weights[0];
    const float q = weights[1];
    QUANTRAIL_INDEPENDENT
    for (std::int64_t n = 0; n < inner; ++n) dst[n] = p * a[n] + q * b[n];
    return;
  }
  for (std::int64_t n = 0; n < inner; ++n) {
    float sum = 0.0F;
    for (std::int64_t k = 0; k < count; ++k) sum += weights[k] * src[positions[k] * inner + n];
    dst[n] = sum;
  }
}

/// Along the innermost axis there is no row to run along: the result positions themselves are the loop.
QUANTRAIL_CLONES void mix_innermost(const float* src, std::int64_t out, const std::int64_t* positions,
                                    const float* weights, std::int64_t count, float* dst) {
  for (std::int64_t i = 0; i < out; ++i) {
    float sum = weights[i * count] * src[positions[i * count]];
    for (std::int64_t k = 1; k < count; ++k) sum += weights[i * count + k] * src[positions[i * count + k]];
    dst[i] = sum;
  }
}

}  // namespace

void mix(std::span<const float> src, AxisShape shape, const Mix& taps, std::span<float> dst) {
  const auto out = static_cast<std::int64_t>(taps.positions.size()) / taps.count;
  assert(static_cast<std::int64_t>(dst.size()) == shape.outer * out * shape.inner);
  for (std::int64_t o = 0; o < shape.outer; ++o) {
    const float* from = src.data() + o * shape.axis * shape.inner;
    float* to = dst.data() + o * out * shape.inner;
    if (shape.inner == 1) {
      mix_innermost(from, out, taps.positions.data(), taps.weights.data(), taps.count, to);
      continue;
    }
    for (std::int64_t i = 0; i < out; ++i) {
      const std::int64_t at = i * taps.count;
      mix_rows(from, shape.inner, taps.positions.data() + at, taps.weights.data() + at, taps.count,
               to + i * shape.inner);
    }
  }
}

}  // namespace quantrail::kernels
