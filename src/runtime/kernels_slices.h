#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/quantization.h"

namespace quantrail::kernels {

/// Between float32 and 8-bit codes with parameters of their own for each slice along an axis, row-major: element i
/// belongs to slice i / inner % count. Codes are uint8, or int8 where `flip` is 0x80 (which takes one to the other).
/// Rounding, saturation and NaN as in kernels_quantize.h.
class SlicedCodes {
 public:
  /// Preconditions: at least one slice; inner >= 1. Parameters are those of the uint8 codes.
  SlicedCodes(const std::vector<ActivationParams>& slices, std::int64_t inner, std::uint8_t flip);

  void quantize(std::span<const float> src, std::span<std::uint8_t> dst) const;
  void dequantize(std::span<const std::uint8_t> src, std::span<float> dst) const;

 private:
  std::vector<ActivationParams> slices_;
  std::size_t inner_;
  std::uint8_t flip_;
  std::vector<float> scales_{};  // per element of one period, where slices are short; else empty
  std::vector<std::int32_t> zeros_{};
};

}  // namespace quantrail::kernels
