#include "runtime/conv_window.h"

namespace quantrail {
namespace {

/// `sizes` as height and width; a single axis is a row.
struct Plane {
  std::int64_t h = 1;
  std::int64_t w = 1;
};
Plane plane(const std::vector<std::int64_t>& sizes, std::int64_t of_missing_axis = 1) {
  return sizes.size() == 1 ? Plane{of_missing_axis, sizes[0]} : Plane{sizes[0], sizes[1]};
}

}  // namespace

kernels::WindowShape window_shape(const ConvShape& conv) {
  kernels::WindowShape shape;
  shape.batch = conv.batch;
  shape.channels = conv.channels_in;
  shape.in_h = plane(conv.in).h;
  shape.in_w = plane(conv.in).w;
  shape.out_h = plane(conv.out).h;
  shape.out_w = plane(conv.out).w;
  shape.kernel_h = plane(conv.kernel).h;
  shape.kernel_w = plane(conv.kernel).w;
  shape.stride_h = plane(conv.stride).h;
  shape.stride_w = plane(conv.stride).w;
  shape.dilation_h = plane(conv.dilation).h;
  shape.dilation_w = plane(conv.dilation).w;
  shape.pad_top = plane(conv.pad_begin, 0).h;
  shape.pad_left = plane(conv.pad_begin, 0).w;
  return shape;
}

}  // namespace quantrail
