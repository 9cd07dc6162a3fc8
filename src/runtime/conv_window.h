#pragma once

#include "runtime/kernels_window.h"
#include "runtime/linear.h"

namespace quantrail {

/// The windows of a convolution over one or two axes; a single one is a row.
[[nodiscard]] kernels::WindowShape window_shape(const ConvShape& conv);

}  // namespace quantrail
