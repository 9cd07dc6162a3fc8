#pragma once

#include <string>

#include "model/tensor.h"

namespace quantrail {

/// "[3,?,?]": a shape in which sizes below 0 are open.
[[nodiscard]] std::string open_shape_text(const Shape& shape);

}  // namespace quantrail
