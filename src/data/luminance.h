#pragma once

#include "data/image.h"

namespace quantrail {

/// The luminance of an RGB image, to the bit as Pillow's convert("L"): ITU-R 601-2 weights, 0.299 R + 0.587 G + 0.114
/// B, in 16 fractional bits, rounded to the nearest. The weights add up to 1, so grey stays as it is. Precondition:
/// `image` has three channels.
[[nodiscard]] Image luminance(const Image& image);

}  // namespace quantrail
