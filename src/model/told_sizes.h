#pragma once

#include "model/infer.h"

namespace quantrail {

/// Declared shapes of the inputs, and sizes that are open there but told by who reads them: channels by a convolution's
/// weight, columns by a product's constant rows, also behind what leaves axes as they are (Cast, Transpose, arithmetic
/// with constants, ...). Axis 0 stays as declared; -1 is what nothing tells.
[[nodiscard]] InputShapes told_sizes(const Graph& graph);

}  // namespace quantrail
