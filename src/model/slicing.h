#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// One axis of a Slice: elements start, start + step, ..., count of them; all inside the axis.
struct SliceAxis {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// Per axis of the input of a Slice node of opset >= 10. Errors: InvalidInput, Unsupported when bounds are not
/// constant.
[[nodiscard]] Result<std::vector<SliceAxis>> slice_of(const NodeView& view);

/// Elements added (or, where negative, cut off) before and after each axis by a Pad node of opset >= 11; its mode.
struct Padding {
  std::vector<std::int64_t> begin{};
  std::vector<std::int64_t> end{};
  std::string mode{};  ///< "constant", "reflect", "edge" or "wrap"
};
[[nodiscard]] Result<Padding> padding_of(const NodeView& view);

}  // namespace quantrail
