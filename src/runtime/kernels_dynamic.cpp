#include "runtime/kernels_dynamic.h"

#include <cassert>
#include <cmath>

#include "model/numbers.h"
#include "runtime/kernels_lanes.h"
#include "runtime/kernels_quantize.h"

namespace quantrail::kernels {
namespace {

QUANTRAIL_CLONES float lowest_of(const float* src, std::int64_t count) {
  return fold_in_lanes(
      count, 0.0F, [src](std::int64_t i) QUANTRAIL_INLINED { return src[i]; },
      [](float found, float value) QUANTRAIL_INLINED { return value < found ? value : found; });
}

QUANTRAIL_CLONES float highest_of(const float* src, std::int64_t count) {
  return fold_in_lanes(
      count, 0.0F, [src](std::int64_t i) QUANTRAIL_INLINED { return src[i]; },
      [](float found, float value) QUANTRAIL_INLINED { return value > found ? value : found; });
}

QUANTRAIL_CLONES void subtract_row(std::uint32_t zero_point, const std::int32_t* column_sums, std::int32_t* sums,
                                   std::size_t columns) {
  QUANTRAIL_INDEPENDENT
  for (std::size_t c = 0; c < columns; ++c) {
    const std::uint32_t product = zero_point * static_cast<std::uint32_t>(column_sums[c]);
    sums[c] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[c]) - product);
  }
}

QUANTRAIL_CLONES void convert(const std::int32_t* src, float* __restrict dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = static_cast<float>(src[i]);
}

}  // namespace

ActivationParams quantize_by_range(std::span<const float> src, std::span<std::uint8_t> dst) {
  const auto count = static_cast<std::int64_t>(src.size());
  const float lowest = lowest_of(src.data(), count);
  const float highest = highest_of(src.data(), count);
  ActivationParams params;
  params.scale = lowest == highest ? 1.0F : (highest - lowest) / 255.0F;
  params.zero_point = saturated<std::uint8_t>(static_cast<double>(std::nearbyint(0.0F - lowest / params.scale)));
  quantize(src, params, dst);
  return params;
}

void subtract_zero_point(std::int32_t zero_point, std::span<const std::int32_t> column_sums,
                         std::span<std::int32_t> sums) {
  assert(!column_sums.empty() && sums.size() % column_sums.size() == 0);
  if (zero_point == 0) return;
  for (std::size_t row = 0; row < sums.size(); row += column_sums.size())
    subtract_row(static_cast<std::uint32_t>(zero_point), column_sums.data(), sums.data() + row, column_sums.size());
}

void to_reals(std::span<const std::int32_t> src, std::span<float> dst) {
  assert(src.size() == dst.size());
  convert(src.data(), dst.data(), src.size());
}

}  // namespace quantrail::kernels
