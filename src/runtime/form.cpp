#include "runtime/form.h"

#include <algorithm>

namespace quantrail {

bool layout_matters(const Shape& shape) {
  if (shape.size() < 3) return false;
  const auto channels = channels_of(shape);
  return channels.channels > 1 && channels.spatial > 1;
}

kernels::Channels channels_of(const Shape& shape) {
  kernels::Channels channels{shape[0], shape[1], 1};
  for (std::size_t axis = 2; axis < shape.size(); ++axis) channels.spatial *= shape[axis];
  return channels;
}

Shape stored_shape(const Shape& shape, Layout layout) {
  Shape stored = shape;
  if (layout == Layout::ChannelsLast && shape.size() >= 3)
    std::rotate(stored.begin() + 1, stored.begin() + 2, stored.end());
  return stored;
}

std::size_t stored_axis(std::size_t axis, std::size_t rank, Layout layout) {
  if (layout == Layout::Plain || rank < 3 || axis == 0) return axis;
  return axis == 1 ? rank - 1 : axis - 1;
}

}  // namespace quantrail
