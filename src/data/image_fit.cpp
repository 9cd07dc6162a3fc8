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

}  // namespace

ImageSize resized_size(const Preprocess& preprocess, ImageSize size) {
  switch (preprocess.resize) {
    case Preprocess::ResizeMode::None: return size;
    case Preprocess::ResizeMode::Exact: return {preprocess.width, preprocess.height};
    case Preprocess::ResizeMode::ShortSide: break;
  }
  const std::int64_t side = preprocess.width;
  const auto ratio = preprocess.rounding == Rounding::Torchvision ? ratio_down : nearest_ratio;
  if (size.width <= size.height) return {side, ratio(side * size.height, size.width)};
  return {ratio(side * size.width, size.height), side};
}

Image center_crop(const Image& image, ImageSize size, Rounding rounding) {
  const auto half = rounding == Rounding::Torchvision ? nearest_ratio : ratio_down;
  const std::int64_t left = half(image.size.width - size.width, 2);
  const std::int64_t top = half(image.size.height - size.height, 2);
  assert(left >= 0 && top >= 0);
  Image out = Image::of_size(size, image.channels);
  std::uint8_t* target = out.values.data();
  for (std::int64_t y = 0; y < size.height; ++y) {
    const std::int64_t first = (top + y) * image.size.width + left;
    target = std::copy_n(image.values.data() + image.channels * first, image.channels * size.width, target);
  }
  return out;
}

Result<Image> fitted(const Preprocess& preprocess, Image image) {
  const ImageSize resized = resized_size(preprocess, image.size);
  if (resized.width * resized.height > kMostPixels) {
    return fail(Cause::InvalidInput, "{} x {} pixels would become {} x {}: too many", image.size.width,
                image.size.height, resized.width, resized.height);
  }
  if (resized != image.size) image = resampled(image, resized, preprocess.interpolation, preprocess.antialias);
  if (preprocess.crop_width == 0) return image;
  if (preprocess.crop_width > resized.width || preprocess.crop_height > resized.height) {
    return fail(Cause::InvalidInput, "the crop of {} x {} is larger than the image of {} x {}", preprocess.crop_width,
                preprocess.crop_height, resized.width, resized.height);
  }
  return center_crop(image, {preprocess.crop_width, preprocess.crop_height}, preprocess.rounding);
}

}  // namespace quantrail
