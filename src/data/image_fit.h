#pragma once

#include "base/error.h"
#include "config/config.h"
#include "data/image.h"
#include "model/truth.h"

namespace quantrail {

/// The size of an image after resizing. ShortSide: the short side becomes `width` and the long one follows, rounded as
/// preprocess.rounding says. Letterbox: as large as fits into width x height, likewise, without what is padded.
[[nodiscard]] ImageSize resized_size(const Preprocess& preprocess, ImageSize size);

/// The middle of `image`, from half of what is left over on; half pixels are rounded as `rounding` says.
/// Precondition: `size` is no larger than the image.
[[nodiscard]] Image center_crop(const Image& image, ImageSize size, Rounding rounding);

/// The size of an image of `size` after resizing, padding and cropping.
[[nodiscard]] ImageSize fitted_size(const Preprocess& preprocess, ImageSize size);

/// Where fitted() puts an image of `size`. Letterbox scales both axes by the same number, from before its rounding.
[[nodiscard]] ImagePlacement placement_of(const Preprocess& preprocess, ImageSize size);

/// Resizes, pads and crops. Errors: InvalidInput when the crop is larger than the image or the result has too many
/// pixels.
[[nodiscard]] Result<Image> fitted(const Preprocess& preprocess, Image image);

}  // namespace quantrail
