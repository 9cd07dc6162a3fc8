#pragma once

#include <cstddef>
#include <span>

#include "base/error.h"
#include "data/image.h"

namespace quantrail {

/// The image in `bytes`, a whole JPEG or PNG file (told by content, not by name), as RGB: grey values are repeated,
/// palettes resolved, transparency dropped, 16-bit values cut to their upper byte. Pixels equal those of Pillow; an
/// EXIF orientation is not applied. Errors: InvalidInput for anything else, damaged or truncated files, and too many
/// pixels.
[[nodiscard]] Result<Image> decode_image(std::span<const std::byte> bytes);

[[nodiscard]] Result<Image> decode_jpeg(std::span<const std::byte> bytes);
[[nodiscard]] Result<Image> decode_png(std::span<const std::byte> bytes);

}  // namespace quantrail
