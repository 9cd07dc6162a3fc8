#pragma once

#include "config/config.h"
#include "data/image.h"

namespace quantrail {

/// `image` at another size, to the bit as Pillow's Image.resize: a horizontal and then a vertical pass of convolution,
/// each rounded to 8 bits; bicubic with a = -0.5; a size that stays is not touched. When shrinking with `antialias`,
/// the kernel is widened by the shrink factor; without, it keeps its width (Pillow has no such mode). Precondition:
/// both sizes are at least 1 x 1.
[[nodiscard]] Image resampled(const Image& image, ImageSize size, Interpolation interpolation, bool antialias);

}  // namespace quantrail
