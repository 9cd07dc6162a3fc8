#pragma once

#include <cstdint>

namespace quantrail::kernels {

/// src [batch, in_h, in_w, channels] seen through windows, one for each of [batch, out_h, out_w]: output position o
/// covers source positions o * stride - pad + k * dilation, k < kernel.
struct WindowShape {
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::int64_t in_h = 1;
  std::int64_t in_w = 1;
  std::int64_t out_h = 1;
  std::int64_t out_w = 1;
  std::int64_t kernel_h = 1;
  std::int64_t kernel_w = 1;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t dilation_h = 1;
  std::int64_t dilation_w = 1;
  std::int64_t pad_top = 0;
  std::int64_t pad_left = 0;
};

}  // namespace quantrail::kernels
