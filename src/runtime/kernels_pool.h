#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "model/quantization.h"
#include "runtime/kernels_quantize.h"

namespace quantrail::kernels {

/// One spatial axis of a pooling operator. Window o covers positions o * stride - pad_begin + k * dilation, k < kernel.
struct PoolAxis {
  std::int64_t in = 1;   ///< size of the source
  std::int64_t out = 1;  ///< size of the result, ceil_mode decided by the caller
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_begin = 0;
  std::int64_t pad_end = 0;  ///< counts only with count_include_pad
};

/// src [batch, in..., channels] → dst [batch, out..., channels]; unused leading axes stay 1. Every window must touch at
/// least one source position in each axis, as ONNX's output shapes ensure when pads are smaller than kernels.
struct PoolShape {
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::array<PoolAxis, 3> axes{};
};

/// Padding never wins. Float: NaN wins.
void max_pool(std::span<const float> src, const PoolShape& shape, std::span<float> dst);
void max_pool(std::span<const std::uint8_t> src, const PoolShape& shape, std::span<std::uint8_t> dst);

/// Mean over the window's source positions, or with `count_include_pad` over those within the padded source (positions
/// that ceil_mode adds beyond pad_end never count). Sums run in position order.
void average_pool(std::span<const float> src, const PoolShape& shape, bool count_include_pad, std::span<float> dst);

/// The same on codes: code of from.scale * (sum of (code - zero point)) / count, with an exact integer sum.
struct CodeMeans {
  ActivationParams from{};
  ActivationParams to{};
};
void average_pool(std::span<const std::uint8_t> src, const PoolShape& shape, bool count_include_pad,
                  const CodeMeans& params, std::span<std::uint8_t> dst);

/// src [N, S, C] → dst [N, C]; 1 <= S <= 2^23. Float sums run in position order. Codes: exact integer sum as above.
void global_average_pool(std::span<const float> src, Channels shape, std::span<float> dst);
void global_average_pool(std::span<const std::uint8_t> src, Channels shape, const CodeMeans& params,
                         std::span<std::uint8_t> dst);
void global_max_pool(std::span<const float> src, Channels shape, std::span<float> dst);
void global_max_pool(std::span<const std::uint8_t> src, Channels shape, std::span<std::uint8_t> dst);

}  // namespace quantrail::kernels
