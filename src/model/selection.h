#pragma once

#include <optional>
#include <vector>

#include "model/shape_rules.h"

namespace quantrail {

/// The attribute "axis" where the node has it; without it, Compress and Unique work on single elements.
[[nodiscard]] Result<std::optional<std::size_t>> optional_axis(const NodeView& view);

/// Positions in row-major order of the elements that are not zero (or true), ascending; NaN is not zero.
[[nodiscard]] std::vector<std::int64_t> non_zeros(const Tensor& tensor);

}  // namespace quantrail
