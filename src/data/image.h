#pragma once

#include <cstdint>
#include <vector>

namespace quantrail {

struct ImageSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool operator==(const ImageSize&) const = default;
};

/// An 8-bit RGB image. Invariant: rgb.size() == 3 * width * height, rows top to bottom, pixels left to right.
struct Image {
  ImageSize size{};
  std::vector<std::uint8_t> rgb{};

  [[nodiscard]] static Image of_size(ImageSize size) {
    return {size, std::vector<std::uint8_t>(static_cast<std::size_t>(size.width * size.height) * 3)};
  }
  bool operator==(const Image&) const = default;
};

/// Larger images are refused: no data set needs them, and a small hostile file can claim them.
inline constexpr std::int64_t kMostPixels = 178'956'970;

}  // namespace quantrail
