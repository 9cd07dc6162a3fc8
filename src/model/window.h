#pragma once

#include "model/shape_rules.h"

namespace quantrail {

/// How a convolution or pooling window moves over the spatial axes; each list has one entry per spatial axis.
struct Window {
  std::vector<std::int64_t> kernel{};
  std::vector<std::int64_t> strides{};
  std::vector<std::int64_t> dilations{};
  std::vector<std::int64_t> pads_begin{};
  std::vector<std::int64_t> pads_end{};
  bool operator==(const Window&) const = default;
};

/// The window of a Conv, MaxPool or AveragePool node: attributes with their defaults, auto_pad resolved for `spatial`
/// input sizes. `kernel`: sizes from the weights, or empty to take kernel_shape. Errors: InvalidInput.
[[nodiscard]] Result<Window> window_of(const Node& node, const Shape& spatial, std::vector<std::int64_t> kernel);

/// The same for ConvTranspose, whose output sizes are stride * (in - 1) + output_padding + extent - pads.
[[nodiscard]] Result<Window> transposed_window_of(const Node& node, const Shape& spatial,
                                                  std::vector<std::int64_t> kernel);

/// Output sizes per spatial axis. `ceil_mode` counts a last window that leaves the input, if it starts inside of it.
/// Errors: InvalidInput when a window is larger than the padded input.
[[nodiscard]] Result<Shape> windows_fitting(const Window& window, const Shape& spatial, bool ceil_mode);

}  // namespace quantrail
