#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "model/graph.h"

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

/// Elements from the first to the last that the window covers along `axis`.
[[nodiscard]] std::int64_t extent(const Window& window, std::size_t axis);

/// The window of a Conv, MaxPool or AveragePool node: attributes with their defaults, auto_pad resolved for `spatial`
/// input sizes. `kernel`: sizes from the weights, or empty to take kernel_shape. Errors: InvalidInput.
[[nodiscard]] Result<Window> window_of(const Node& node, const Shape& spatial, std::vector<std::int64_t> kernel);

/// The same for ConvTranspose, whose output sizes are stride * (in - 1) + output_padding + extent - pads. Pads
/// at the end are negative where output_shape asks for more.
[[nodiscard]] Result<Window> transposed_window_of(const Node& node, const Shape& spatial,
                                                  std::vector<std::int64_t> kernel);

/// Output sizes per spatial axis. `ceil_mode` counts a last window that leaves the input, if it starts inside of it.
/// Errors: InvalidInput when a window is larger than the padded input.
[[nodiscard]] Result<Shape> windows_fitting(const Window& window, const Shape& spatial, bool ceil_mode);

/// The shape that a MaxUnpool node's attributes give for inputs of shape `pooled` [N, C, spatial...]: that of the input
/// of the MaxPool that it reverts. Errors: InvalidInput.
[[nodiscard]] Result<Shape> unpooled_shape(const Node& node, const Shape& pooled);

}  // namespace quantrail
