#pragma once

#include <cstdint>
#include <span>

#include "model/quantization.h"

namespace quantrail::kernels {

/// DynamicQuantizeLinear: codes over the range of the values and zero; a tensor of zeros gets the scale 1. NaN takes no
/// part in the range and becomes the zero point.
[[nodiscard]] ActivationParams quantize_by_range(std::span<const float> src, std::span<std::uint8_t> dst);

/// sums [rows, columns] of products with uint8 codes, as if their zero point had been subtracted before: each loses
/// zero_point * column_sums[column]. Integers wrap around.
void subtract_zero_point(std::int32_t zero_point, std::span<const std::int32_t> column_sums,
                         std::span<std::int32_t> sums);

/// dst[i] = src[i] as float32.
void to_reals(std::span<const std::int32_t> src, std::span<float> dst);

}  // namespace quantrail::kernels
