#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// Which scale belongs to which element of a QuantizeLinear or DequantizeLinear node: one for the whole tensor, one per
/// slice along an axis, or one per block of neighbours along an axis (opset 21).
struct QuantizationLayout {
  std::int64_t inner = 1;  ///< elements from one index of the axis to the next
  std::int64_t size = 1;   ///< of the axis
  std::int64_t block = 0;  ///< along the axis; 0: not in blocks

  [[nodiscard]] std::size_t scale_of(std::int64_t element) const {
    const auto index = element / inner % size;
    if (block == 0) return static_cast<std::size_t>(index);
    const auto blocks = (size + block - 1) / block;
    const auto outer = element / inner / size;
    return static_cast<std::size_t>((outer * blocks + index / block) * inner + element % inner);
  }
};

/// Of inputs 0 (elements) and 1 (scales). Errors: InvalidInput where they or the zero points do not fit.
[[nodiscard]] Result<QuantizationLayout> quantization_layout(const NodeView& view);

}  // namespace quantrail
