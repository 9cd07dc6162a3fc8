#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// The axes that a Reduce* node sums over, ascending; ArgMax and ArgMin have one. An empty list: each
/// element is a sum of its own (noop_with_empty_axes). Knows both forms of the axes: an attribute (all operators until
/// opset 17, but ReduceSum until 12) and an input.
[[nodiscard]] Result<std::vector<std::size_t>> reduced_axes(const NodeView& view);

}  // namespace quantrail
