#include "data/luminance.h"

#include <cassert>
#include <cstddef>

namespace quantrail {

Image luminance(const Image& image) {
  assert(image.channels == 3);
  constexpr std::uint32_t kRed = 19595, kGreen = 38470, kBlue = 7471, kHalf = 0x8000;
  static_assert(kRed + kGreen + kBlue == 1U << 16);
  Image out = Image::of_size(image.size, 1);
  const std::uint8_t* pixel = image.values.data();
  for (auto& value : out.values) {
    value = static_cast<std::uint8_t>((pixel[0] * kRed + pixel[1] * kGreen + pixel[2] * kBlue + kHalf) >> 16);
    pixel += 3;
  }
  return out;
}

}  // namespace quantrail
