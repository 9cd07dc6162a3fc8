#pragma once

#include <cstdint>
#include <span>

namespace quantrail::kernels {

/// What normalised values are multiplied with and what is added to them, by position in a row; empty: 1 and 0.
struct RowAffine {
  std::span<const float> factor{};
  std::span<const float> offset{};
};

/// For each row x of `width` values: (x - mean) / sqrt(variance + epsilon) * factor + offset. Mean and variance, that
/// of the differences from the mean, are float32 sums in an order that depends on the width only. `dst` may be `src`.
void normalise_rows(std::span<const float> src, std::int64_t width, float epsilon, const RowAffine& affine,
                    std::span<float> dst);

}  // namespace quantrail::kernels
