#pragma once

#include "base/error.h"
#include "config/config.h"
#include "data/image.h"

namespace quantrail {

/// The size of an image after resizing. ShortSide: the short side becomes `width` and the long one follows, rounded as
/// preprocess.rounding says.
[[nodiscard]] ImageSize resized_size(const Preprocess& preprocess, ImageSize size);

/// The middle of `image`, from half of what is left over on; half pixels are rounded as `rounding` says.
/// Precondition: `size` is no larger than the image.
[[nodiscard]] Image center_crop(const Image& image, ImageSize size, Rounding rounding);

/// Resizes and crops. Errors: InvalidInput when the crop is larger than the image or the result has too many pixels.
[[nodiscard]] Result<Image> fitted(const Preprocess& preprocess, Image image);

}  // namespace quantrail
