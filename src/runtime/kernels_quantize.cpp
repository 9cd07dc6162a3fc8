#include "runtime/kernels_quantize.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/isa.h"
#include "runtime/kernels_code.h"
#include "runtime/kernels_flip.h"

namespace quantrail::kernels {
namespace {

constexpr std::int64_t kTileChannels = 16;
constexpr std::int64_t kTilePixels = 256;

/// A piece of one image whose codes change layout within the level-1 cache.
struct Tile {
  std::int64_t channel = 0;
  std::int64_t channels = 0;
  std::int64_t pixel = 0;
  std::int64_t pixels = 0;
};

template <class F>
void for_each_tile(Channels shape, F visit) {
  for (std::int64_t pixel = 0; pixel < shape.spatial; pixel += kTilePixels) {
    for (std::int64_t channel = 0; channel < shape.channels; channel += kTileChannels) {
      visit(Tile{channel, std::min(kTileChannels, shape.channels - channel), pixel,
                 std::min(kTilePixels, shape.spatial - pixel)});
    }
  }
}

QUANTRAIL_CLONES void quantize_row(const float* src, Coder coder, std::uint8_t* __restrict dst, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = coder.code(src[i]);
}

QUANTRAIL_CLONES void dequantize_row(const std::uint8_t* src, Decoder decoder, float* __restrict dst,
                                     std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = decoder.real(src[i]);
}

QUANTRAIL_CLONES void fake_quantize_row(const float* src, Coder coder, float* dst, std::size_t count) {
  QUANTRAIL_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) dst[i] = coder.real_of_code(src[i]);
}

QUANTRAIL_CLONES void quantize_rgb(const float* src, std::int64_t plane, Coder coder, std::uint8_t* __restrict dst,
                                   std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    dst[3 * i] = coder.code(src[i]);
    dst[3 * i + 1] = coder.code(src[i + plane]);
    dst[3 * i + 2] = coder.code(src[i + 2 * plane]);
  }
}

}  // namespace

void quantize(std::span<const float> src, ActivationParams params, std::span<std::uint8_t> dst) {
  assert(src.size() == dst.size());
  quantize_row(src.data(), Coder(params), dst.data(), src.size());
}

void dequantize(std::span<const std::uint8_t> src, ActivationParams params, std::span<float> dst) {
  assert(src.size() == dst.size());
  dequantize_row(src.data(), Decoder(params), dst.data(), src.size());
}

void fake_quantize(std::span<const float> src, ActivationParams params, std::span<float> dst) {
  assert(src.size() == dst.size());
  fake_quantize_row(src.data(), Coder(params), dst.data(), src.size());
}

void quantize_to_channels_last(std::span<const float> src, Channels shape, ActivationParams params,
                               std::span<std::uint8_t> dst) {
  assert(static_cast<std::int64_t>(src.size()) == shape.size() && src.size() == dst.size());
  if (shape.channels == 1 || shape.spatial == 1) return quantize(src, params, dst);
  const Coder coder(params);
  for (std::int64_t n = 0; n < shape.batch; ++n) {
    const float* image = src.data() + n * shape.channels * shape.spatial;
    std::uint8_t* result = dst.data() + n * shape.channels * shape.spatial;
    if (shape.channels == 3) {
      quantize_rgb(image, shape.spatial, coder, result, shape.spatial);
      continue;
    }
    for_each_tile(shape, [&](const Tile& tile) {
      std::array<std::uint8_t, kTileChannels * kTilePixels> codes;
      for (std::int64_t c = 0; c < tile.channels; ++c) {
        quantize_row(image + (tile.channel + c) * shape.spatial + tile.pixel, coder, codes.data() + c * tile.pixels,
                     static_cast<std::size_t>(tile.pixels));
      }
      flip(Flip<std::uint8_t>{codes.data(), tile.pixels, result + tile.pixel * shape.channels + tile.channel,
                              shape.channels, tile.channels, tile.pixels});
    });
  }
}

void dequantize_to_channels_first(std::span<const std::uint8_t> src, Channels shape, ActivationParams params,
                                  std::span<float> dst) {
  assert(static_cast<std::int64_t>(src.size()) == shape.size() && src.size() == dst.size());
  if (shape.channels == 1 || shape.spatial == 1) return dequantize(src, params, dst);
  for (std::int64_t n = 0; n < shape.batch; ++n) {
    const std::uint8_t* image = src.data() + n * shape.channels * shape.spatial;
    float* result = dst.data() + n * shape.channels * shape.spatial;
    for_each_tile(shape, [&](const Tile& tile) {
      std::array<std::uint8_t, kTileChannels * kTilePixels> codes;
      flip(Flip<std::uint8_t>{image + tile.pixel * shape.channels + tile.channel, shape.channels, codes.data(),
                              tile.pixels, tile.pixels, tile.channels});
      for (std::int64_t c = 0; c < tile.channels; ++c) {
        dequantize_row(codes.data() + c * tile.pixels, Decoder(params),
                       result + (tile.channel + c) * shape.spatial + tile.pixel, static_cast<std::size_t>(tile.pixels));
      }
    });
  }
}

}  // namespace quantrail::kernels
