#include "data/image_fit.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "data/resample.h"

namespace quantrail {
namespace {

/// numerator / denominator to the nearest integer, half to even; 0 or more / above 0.
std::int64_t nearest_ratio(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t down = numerator / denominator;
  const std::int64_t twice_left = 2 * (numerator - down * denominator);
  const bool up = twice_left > denominator || (twice_left == denominator && down % 2 != 0);
  return up ? down + 1 : down;
}

std::int64_t ratio_down(std::int64_t numerator, std::int64_t denominator) { return numerator / denominator; }

/// What is left over on both sides of a crop goes half to the left, or top.
std::int64_t crop_offset(std::int64_t left_over, Rounding rounding) {
  return rounding == Rounding::Torchvision ? nearest_ratio(left_over, 2) : ratio_down(left_over, 2);
}

/// Whether the width decides how large a letterboxed image gets.
bool is_bound_by_width(const Preprocess& preprocess, ImageSize size) {
  return preprocess.width * size.height <= preprocess.height * size.width;
}

bool is_letterboxed(const Preprocess& preprocess) { return preprocess.resize == Preprocess::ResizeMode::Letterbox; }

struct Offset {
  std::int64_t left = 0;
  std::int64_t top = 0;
};

/// Of a letterboxed image of size `resized`.
Offset padding_before(const Preprocess& preprocess, ImageSize resized) {
  if (preprocess.align == Alignment::TopLeft) return {};
  return {(preprocess.width - resized.width) / 2, (preprocess.height - resized.height) / 2};
}

/// The size after resizing and padding.
ImageSize uncropped_size(const Preprocess& preprocess, ImageSize size) {
  if (is_letterboxed(preprocess)) return {preprocess.width, preprocess.height};
  return resized_size(preprocess, size);
}

Image padded(const Preprocess& preprocess, const Image& image) {
  Image out = Image::of_size({preprocess.width, preprocess.height}, image.channels);
  std::fill(out.values.begin(), out.values.end(), static_cast<std::uint8_t>(preprocess.pad_value));
  const auto [left, top] = padding_before(preprocess, image.size);
  const std::int64_t row = image.channels * image.size.width;
  for (std::int64_t y = 0; y < image.size.height; ++y) {
    const std::int64_t first = image.channels * ((top + y) * out.size.width + left);
    std::copy_n(image.values.data() + y * row, row, out.values.data() + first);
  }
  return out;
}

}  // namespace

ImageSize resized_size(const Preprocess& preprocess, ImageSize size) {
  const auto ratio = preprocess.rounding == Rounding::Nearest ? nearest_ratio : ratio_down;
  const auto [width, height] = ImageSize{preprocess.width, preprocess.height};
  switch (preprocess.resize) {
    case Preprocess::ResizeMode::None: return size;
    case Preprocess::ResizeMode::Exact: return {width, height};
    case Preprocess::ResizeMode::Letterbox:
      if (is_bound_by_width(preprocess, size)) {
        return {width, std::max<std::int64_t>(ratio(size.height * width, size.width), 1)};
      }
      return {std::max<std::int64_t>(ratio(size.width * height, size.height), 1), height};
    case Preprocess::ResizeMode::ShortSide: break;
  }
  const std::int64_t side = preprocess.width;
  if (size.width <= size.height) return {side, ratio(side * size.height, size.width)};
  return {ratio(side * size.width, size.height), side};
}

Image center_crop(const Image& image, ImageSize size, Rounding rounding) {
  const std::int64_t left = crop_offset(image.size.width - size.width, rounding);
  const std::int64_t top = crop_offset(image.size.height - size.height, rounding);
  assert(left >= 0 && top >= 0);
  Image out = Image::of_size(size, image.channels);
  std::uint8_t* target = out.values.data();
  for (std::int64_t y = 0; y < size.height; ++y) {
    const std::int64_t first = (top + y) * image.size.width + left;
    target = std::copy_n(image.values.data() + image.channels * first, image.channels * size.width, target);
  }
  return out;
}

ImageSize fitted_size(const Preprocess& preprocess, ImageSize size) {
  if (preprocess.crop_width > 0) return {preprocess.crop_width, preprocess.crop_height};
  return uncropped_size(preprocess, size);
}

ImagePlacement placement_of(const Preprocess& preprocess, ImageSize size) {
  const auto ratio = [](std::int64_t to, std::int64_t from) {
    return static_cast<double>(to) / static_cast<double>(from);
  };
  const ImageSize resized = resized_size(preprocess, size);
  const ImageSize fit = fitted_size(preprocess, size);
  ImagePlacement out{.scale_x = ratio(resized.width, size.width),
                     .scale_y = ratio(resized.height, size.height),
                     .width = fit.width,
                     .height = fit.height};
  Offset offset;
  if (is_letterboxed(preprocess)) {
    out.scale_x = out.scale_y = is_bound_by_width(preprocess, size) ? out.scale_x : out.scale_y;
    offset = padding_before(preprocess, resized);
  }
  if (preprocess.crop_width > 0) {
    const ImageSize whole = uncropped_size(preprocess, size);
    offset.left -= crop_offset(whole.width - fit.width, preprocess.rounding);
    offset.top -= crop_offset(whole.height - fit.height, preprocess.rounding);
  }
  out.offset_x = static_cast<double>(offset.left);
  out.offset_y = static_cast<double>(offset.top);
  return out;
}

Result<Image> fitted(const Preprocess& preprocess, Image image) {
  const ImageSize resized = resized_size(preprocess, image.size);
  const ImageSize whole = uncropped_size(preprocess, image.size);
  if (whole.width * whole.height > kMostPixels) {
    return fail(Cause::InvalidInput, "{} x {} pixels would become {} x {}: too many", image.size.width,
                image.size.height, whole.width, whole.height);
  }
  if (resized != image.size) image = resampled(image, resized, preprocess.interpolation, preprocess.antialias);
  if (whole != resized) image = padded(preprocess, image);
  if (preprocess.crop_width == 0) return image;
  if (preprocess.crop_width > whole.width || preprocess.crop_height > whole.height) {
    return fail(Cause::InvalidInput, "the crop of {} x {} is larger than the image of {} x {}", preprocess.crop_width,
                preprocess.crop_height, whole.width, whole.height);
  }
  return center_crop(image, {preprocess.crop_width, preprocess.crop_height}, preprocess.rounding);
}

}  // namespace quantrail
