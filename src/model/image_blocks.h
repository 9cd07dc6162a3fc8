#pragma once

#include "base/error.h"
#include "model/shape_rules.h"

namespace quantrail {

/// How a Col2Im node lays blocks over an image; per spatial axis.
struct ImageBlocks {
  Shape image{};
  Shape block{};
  std::vector<std::int64_t> strides{};
  std::vector<std::int64_t> dilations{};
  std::vector<std::int64_t> pads{};  ///< before each axis
  Shape places{};                    ///< blocks along each axis
};
[[nodiscard]] Result<ImageBlocks> image_blocks(const NodeView& view);

}  // namespace quantrail
