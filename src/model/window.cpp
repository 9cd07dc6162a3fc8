#include "model/window.h"

#include <algorithm>

#include "base/text.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 20U;
/// Of one spatial axis; so that products with a stride cannot overflow even where another axis is empty.
constexpr std::int64_t kMostSize = std::int64_t{1} << 40U;

Status check_list(const Node& node, std::string_view key, std::vector<std::int64_t>& list, std::size_t count,
                  std::int64_t otherwise, std::int64_t least) {
  list = ints_attribute(node, key, std::vector<std::int64_t>(count, otherwise));
  if (list.size() != count)
    return fail(Cause::InvalidInput, "{} has {} entries where {} are needed", key, list.size(), count);
  for (const auto value : list) {
    if (value < least || value > kMost)
      return fail(Cause::InvalidInput, "{} holds {}, allowed are {} to {}", key, value, least, kMost);
  }
  return {};
}

/// SAME_UPPER puts the odd element at the end, SAME_LOWER at the beginning.
void pad_axis(Window& window, std::size_t axis, std::int64_t total, bool upper) {
  const auto smaller = total / 2;
  window.pads_begin[axis] = upper ? smaller : total - smaller;
  window.pads_end[axis] = upper ? total - smaller : smaller;
}

Result<Window> raw_window(const Node& node, const Shape& spatial, std::vector<std::int64_t> kernel) {
  const std::size_t axes = spatial.size();
  Window window;
  if (std::any_of(spatial.begin(), spatial.end(), [](auto size) { return size > kMostSize; }))
    return fail(Cause::InvalidInput, "spatial sizes of {} are too large", shape_text(spatial));
  if (kernel.empty()) {
    if (auto ok = check_list(node, "kernel_shape", window.kernel, axes, 0, 1); !ok) return failed(ok);
  } else {
    if (kernel.size() != axes)
      return fail(Cause::InvalidInput, "weights of {} spatial axes for an input of {}", kernel.size(), axes);
    if (ints_attribute(node, "kernel_shape", kernel) != kernel) {
      return fail(Cause::InvalidInput, "kernel_shape does not fit weights of {}", shape_text(kernel));
    }
    if (std::any_of(kernel.begin(), kernel.end(), [](auto size) { return size < 1 || size > kMost; })) {
      return fail(Cause::InvalidInput, "weights of spatial shape {}, allowed are sizes from 1 to {}",
                  shape_text(kernel), kMost);
    }
    window.kernel = std::move(kernel);
  }
  if (auto ok = check_list(node, "strides", window.strides, axes, 1, 1); !ok) return failed(ok);
  if (auto ok = check_list(node, "dilations", window.dilations, axes, 1, 1); !ok) return failed(ok);
  std::vector<std::int64_t> pads;
  if (auto ok = check_list(node, "pads", pads, axes * 2, 0, 0); !ok) return failed(ok);
  window.pads_begin.assign(pads.begin(), pads.begin() + static_cast<std::ptrdiff_t>(axes));
  window.pads_end.assign(pads.begin() + static_cast<std::ptrdiff_t>(axes), pads.end());
  return window;
}

/// Whether pads come from the attribute, are none, or follow from the sizes.
enum class Padding { Explicit, None, SameUpper, SameLower };

Result<Padding> padding_of(const Node& node) {
  const auto text = string_attribute(node, "auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty()) return Padding::Explicit;
  if (text == "VALID") return Padding::None;
  if (text == "SAME_UPPER") return Padding::SameUpper;
  if (text == "SAME_LOWER") return Padding::SameLower;
  return fail(Cause::InvalidInput, "auto_pad '{}' is none of NOTSET, VALID, SAME_UPPER, SAME_LOWER", printable(text));
}

}  // namespace

std::int64_t extent(const Window& window, std::size_t axis) {
  return (window.kernel[axis] - 1) * window.dilations[axis] + 1;
}

Result<Window> window_of(const Node& node, const Shape& spatial, std::vector<std::int64_t> kernel) {
  auto window = raw_window(node, spatial, std::move(kernel));
  if (!window) return window;
  const auto padding = padding_of(node);
  if (!padding) return failed(padding);
  if (*padding == Padding::Explicit) return window;
  for (std::size_t axis = 0; axis < spatial.size(); ++axis) {
    const auto stride = window->strides[axis];
    const auto outputs = (spatial[axis] + stride - 1) / stride;
    const auto total = std::max<std::int64_t>(0, (outputs - 1) * stride + extent(*window, axis) - spatial[axis]);
    pad_axis(*window, axis, *padding == Padding::None ? 0 : total, *padding == Padding::SameUpper);
  }
  return window;
}

Result<Window> transposed_window_of(const Node& node, const Shape& spatial, std::vector<std::int64_t> kernel) {
  auto window = raw_window(node, spatial, std::move(kernel));
  if (!window) return window;
  const auto padding = padding_of(node);
  if (!padding) return failed(padding);
  const bool same = *padding == Padding::SameUpper || *padding == Padding::SameLower;
  std::vector<std::int64_t> extra;
  std::vector<std::int64_t> wanted;
  if (auto ok = check_list(node, "output_padding", extra, spatial.size(), 0, 0); !ok) return failed(ok);
  if (auto ok = check_list(node, "output_shape", wanted, spatial.size(), 0, 0); !ok) return failed(ok);
  const bool stated = node.attributes.contains("output_shape");
  for (std::size_t axis = 0; axis < spatial.size(); ++axis) {
    if (*padding == Padding::None) pad_axis(*window, axis, 0, true);
    if (!stated && !same) continue;
    const auto size = stated ? wanted[axis] : spatial[axis] * window->strides[axis];
    const auto full = window->strides[axis] * (spatial[axis] - 1) + extra[axis] + extent(*window, axis);
    if (full < size) {  // nothing reaches the last elements of an output that is asked to be larger
      window->pads_begin[axis] = 0;
      window->pads_end[axis] = full - size;
    } else {
      pad_axis(*window, axis, full - size, *padding == Padding::SameUpper);
    }
  }
  return window;
}

Result<Shape> windows_fitting(const Window& window, const Shape& spatial, bool ceil_mode) {
  Shape sizes;
  for (std::size_t axis = 0; axis < spatial.size(); ++axis) {
    const auto stride = window.strides[axis];
    const auto padded = spatial[axis] + window.pads_begin[axis] + window.pads_end[axis];
    const auto room = padded - extent(window, axis);
    if (room < 0) {
      return fail(Cause::InvalidInput, "a window of {} does not fit into {} elements of spatial axis {}",
                  extent(window, axis), padded, axis);
    }
    auto count = (ceil_mode ? room + stride - 1 : room) / stride + 1;
    if (ceil_mode && (count - 1) * stride >= spatial[axis] + window.pads_begin[axis]) --count;
    sizes.push_back(count);
  }
  return sizes;
}

Result<Shape> unpooled_shape(const Node& node, const Shape& pooled) {
  const auto window = raw_window(node, {pooled.begin() + 2, pooled.end()}, {});
  if (!window) return failed(window);
  Shape shape = pooled;
  for (std::size_t axis = 0; axis < window->kernel.size(); ++axis) {
    auto& size = shape[axis + 2];
    size =
        (size - 1) * window->strides[axis] + window->kernel[axis] - window->pads_begin[axis] - window->pads_end[axis];
    if (size < 0) return fail(Cause::InvalidInput, "pads leave nothing of spatial axis {}", axis);
  }
  return shape;
}

}  // namespace quantrail
