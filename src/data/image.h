#pragma once

#include <cstdint>
#include <vector>

namespace quantrail {

struct ImageSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool operator==(const ImageSize&) const = default;
};

/// An 8-bit image: RGB or, with one channel, luminance. Rows run top to bottom, pixels left to right, channels
/// innermost. Invariant: values.size() == channels * width * height.
struct Image {
  ImageSize size{};
  std::int64_t channels = 3;  ///< 3 or 1
  std::vector<std::uint8_t> values{};

  [[nodiscard]] static Image of_size(ImageSize size, std::int64_t channels = 3) {
    return {size, channels, std::vector<std::uint8_t>(static_cast<std::size_t>(size.width * size.height * channels))};
  }
  bool operator==(const Image&) const = default;
};

/// Larger images are refused: no data set needs them, and a small hostile file can claim them.
inline constexpr std::int64_t kMostPixels = 178'956'970;

}  // namespace quantrail
