#pragma once

#include "model/shape_rules.h"

namespace quantrail {

// What shape rules demand of operands. Errors: InvalidInput, naming the input.

/// All inputs that are given, from `first` on, have the element type of input 0.
[[nodiscard]] Status check_one_type(const NodeView& view, std::size_t first = 1);
/// Input `input` holds floats of any width.
[[nodiscard]] Status check_floats(const NodeView& view, std::size_t input);
/// Input `input` is left out or has exactly this shape; `what` names it: "its bias".
[[nodiscard]] Status check_shape(const NodeView& view, std::size_t input, const Shape& shape, std::string_view what);
/// Input `input` is left out or holds 8-bit integers.
[[nodiscard]] Status check_codes(const NodeView& view, std::size_t input);
/// Input `input` is left out or one element.
[[nodiscard]] Status check_single(const NodeView& view, std::size_t input, std::string_view what);
/// Input 0 has a batch, channels and at least one spatial axis.
[[nodiscard]] Status check_spatial(const NodeView& view);

}  // namespace quantrail
