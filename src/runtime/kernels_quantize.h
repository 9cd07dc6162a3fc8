#pragma once

#include <cstdint>
#include <span>

#include "model/quantization.h"

namespace quantrail::kernels {

// Between float32 and uint8 codes. Everywhere:
//   code = clamp(round_half_even(real / scale) + zero_point, 0, 255)    real = scale * (code - zero_point)
// The division is IEEE float32 division, as the ONNX definition says. NaN becomes the zero point (ONNX leaves it open);
// infinities saturate. All sources and destinations have the same number of elements; nothing allocates.

/// dst[i] = code of src[i].
void quantize(std::span<const float> src, ActivationParams params, std::span<std::uint8_t> dst);

/// dst[i] = real of src[i].
void dequantize(std::span<const std::uint8_t> src, ActivationParams params, std::span<float> dst);

/// dst[i] = real of the code of src[i]. `dst` may be `src`.
void fake_quantize(std::span<const float> src, ActivationParams params, std::span<float> dst);

/// A tensor with its channels apart from the rest: [batch, channels, spatial] or, channels last, [batch, spatial,
/// channels]; `spatial` is the product of all spatial sizes (1 for matrices).
struct Channels {
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::int64_t spatial = 1;
  [[nodiscard]] std::int64_t size() const { return batch * channels * spatial; }
};

/// Network inputs: src [N, C, S] float → dst [N, S, C] codes.
void quantize_to_channels_last(std::span<const float> src, Channels shape, ActivationParams params,
                               std::span<std::uint8_t> dst);

/// Network outputs: src [N, S, C] codes → dst [N, C, S] float.
void dequantize_to_channels_first(std::span<const std::uint8_t> src, Channels shape, ActivationParams params,
                                  std::span<float> dst);

}  // namespace quantrail::kernels
