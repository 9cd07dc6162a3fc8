#include "data/image_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The long side after resizing the short one to `side`, whichever way the image lies.
std::int64_t long_side(std::int64_t side, std::int64_t shorter, std::int64_t longer, Rounding rounding) {
  Preprocess preprocess;
  preprocess.resize = Preprocess::ResizeMode::ShortSide;
  preprocess.width = side;
  preprocess.rounding = rounding;
  const ImageSize upright = resized_size(preprocess, {shorter, longer});
  const ImageSize wide = resized_size(preprocess, {longer, shorter});
  EXPECT_EQ(upright, (ImageSize{side, wide.width}));
  EXPECT_EQ(wide.height, side);
  return wide.width;
}

TEST(ImageFit, SizesTheLongSideToTheNearestPixelHalfToEven) {
  const auto nearest = [](std::int64_t side, std::int64_t shorter, std::int64_t longer) {
    return long_side(side, shorter, longer, Rounding::Nearest);
  };
  EXPECT_EQ(nearest(256, 375, 500), 341);  // 341.33
  EXPECT_EQ(nearest(256, 300, 451), 385);  // 384.85
  EXPECT_EQ(nearest(2, 4, 5), 2);          // 2.5
  EXPECT_EQ(nearest(2, 4, 7), 4);          // 3.5
  EXPECT_EQ(nearest(256, 8, 8), 256);
}

// Values of torchvision's size formula, int(side * longer / shorter).
TEST(ImageFit, CutsTheLongSideOffAsTorchvisionDoes) {
  const auto cut = [](std::int64_t side, std::int64_t shorter, std::int64_t longer) {
    return long_side(side, shorter, longer, Rounding::Torchvision);
  };
  EXPECT_EQ(cut(256, 375, 500), 341);  // 341.33
  EXPECT_EQ(cut(256, 300, 451), 384);  // 384.85
  EXPECT_EQ(cut(2, 4, 7), 3);          // 3.5
  EXPECT_EQ(cut(256, 333, 500), 384);  // 384.38
  EXPECT_EQ(cut(232, 375, 500), 309);  // 309.33
  EXPECT_EQ(cut(256, 256, 999), 999);
}

std::int64_t left_of(std::int64_t width, std::int64_t crop, Rounding rounding) {
  return center_crop(ramp({width, 1}), {crop, 1}, rounding).values.front() / 3;
}
std::int64_t top_of(std::int64_t height, std::int64_t crop, Rounding rounding) {
  return center_crop(ramp({1, height}), {1, crop}, rounding).values.front() / 3;
}

TEST(ImageFit, CropsTheMiddleWithAnOddPixelLeftAtTheEnd) {
  for (const auto offset : {left_of, top_of}) {
    EXPECT_EQ(offset(4, 2, Rounding::Nearest), 1);
    EXPECT_EQ(offset(5, 4, Rounding::Nearest), 0);
    EXPECT_EQ(offset(7, 4, Rounding::Nearest), 1);
    EXPECT_EQ(offset(9, 4, Rounding::Nearest), 2);
    EXPECT_EQ(offset(3, 3, Rounding::Nearest), 0);
  }
}

// Values of torchvision's offset formula, int(round((size - crop) / 2.0)).
TEST(ImageFit, CropsTheMiddleAsTorchvisionDoes) {
  for (const auto offset : {left_of, top_of}) {
    EXPECT_EQ(offset(4, 2, Rounding::Torchvision), 1);
    EXPECT_EQ(offset(5, 4, Rounding::Torchvision), 0);   // 0.5
    EXPECT_EQ(offset(7, 4, Rounding::Torchvision), 2);   // 1.5
    EXPECT_EQ(offset(9, 4, Rounding::Torchvision), 2);   // 2.5
    EXPECT_EQ(offset(11, 4, Rounding::Torchvision), 4);  // 3.5
    EXPECT_EQ(offset(3, 3, Rounding::Torchvision), 0);
  }
}

TEST(ImageFit, CropsOneChannel) {
  Image image = Image::of_size({4, 3}, 1);
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<std::uint8_t>(i);
  const Image middle = center_crop(image, {2, 1}, Rounding::Nearest);
  EXPECT_EQ(middle.channels, 1);
  EXPECT_THAT(middle.values, ElementsAre(5, 6));
}

TEST(ImageFit, RoundsAsItWasAsked) {
  Preprocess preprocess;
  preprocess.resize = Preprocess::ResizeMode::ShortSide;
  preprocess.width = preprocess.crop_width = preprocess.crop_height = 4;
  const Image image = ramp({7, 4});
  EXPECT_EQ(fitted(preprocess, image)->values.front(), 3);
  preprocess.rounding = Rounding::Torchvision;
  EXPECT_EQ(fitted(preprocess, image)->values.front(), 6);
}

Preprocess letterbox(std::int64_t width, std::int64_t height, Alignment align = Alignment::TopLeft) {
  return {.resize = Preprocess::ResizeMode::Letterbox, .width = width, .height = height, .align = align};
}

TEST(Letterbox, FitsTheLargerSideAndLetsTheOtherFollow) {
  Preprocess square = letterbox(416, 416);
  EXPECT_EQ(resized_size(square, {640, 480}), (ImageSize{416, 312}));
  EXPECT_EQ(resized_size(square, {427, 640}), (ImageSize{278, 416}));  // 277.55
  EXPECT_EQ(resized_size(square, {100, 100}), (ImageSize{416, 416}));
  EXPECT_EQ(resized_size(letterbox(200, 100), {100, 60}), (ImageSize{167, 100}));  // 166.67
  square.rounding = Rounding::Down;
  EXPECT_EQ(resized_size(square, {427, 640}), (ImageSize{277, 416}));
  EXPECT_EQ(resized_size(square, {500, 375}), (ImageSize{416, 312}));
  EXPECT_EQ(resized_size(square, {65535, 1}), (ImageSize{416, 1})) << "never less than a pixel";
  EXPECT_EQ(fitted_size(square, {427, 640}), (ImageSize{416, 416}));
}

TEST(Letterbox, PadsWhatTheImageLeavesFree) {
  Preprocess preprocess = letterbox(2, 4);
  preprocess.pad_value = 7;
  const Image image = ramp({2, 1});  // codes 0 to 5
  EXPECT_THAT(fitted(preprocess, image)->values,
              ElementsAre(0, 1, 2, 3, 4, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7));
  preprocess.align = Alignment::Center;  // three free lines: one above, two below
  EXPECT_THAT(fitted(preprocess, image)->values,
              ElementsAre(7, 7, 7, 7, 7, 7, 0, 1, 2, 3, 4, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7));
}

TEST(Letterbox, PadsBesideUprightImages) {
  Preprocess preprocess = letterbox(4, 1, Alignment::Center);
  Image grey = Image::of_size({1, 1}, 1);
  grey.values = {9};
  EXPECT_THAT(fitted(preprocess, grey)->values, ElementsAre(114, 9, 114, 114));
}

TEST(Placement, ScalesALetterboxedImageEvenly) {
  Preprocess preprocess = letterbox(416, 416);
  preprocess.rounding = Rounding::Down;
  const double scale = 416.0 / 640.0;
  EXPECT_EQ(placement_of(preprocess, {640, 427}), (ImagePlacement{scale, scale, 0, 0, 416, 416}));
  preprocess.align = Alignment::Center;  // 416 x 277: 69 of 139 lines above
  EXPECT_EQ(placement_of(preprocess, {640, 427}), (ImagePlacement{scale, scale, 0, 69, 416, 416}));
  EXPECT_EQ(placement_of(preprocess, {427, 640}), (ImagePlacement{scale, scale, 69, 0, 416, 416}));
}

TEST(Placement, FollowsResizingAndCropping) {
  EXPECT_EQ(placement_of({}, {30, 20}), (ImagePlacement{1, 1, 0, 0, 30, 20}));
  Preprocess exact{.resize = Preprocess::ResizeMode::Exact, .width = 60, .height = 10};
  EXPECT_EQ(placement_of(exact, {30, 20}), (ImagePlacement{2, 0.5, 0, 0, 60, 10}));
  exact.crop_width = 50;
  exact.crop_height = 4;
  EXPECT_EQ(placement_of(exact, {30, 20}), (ImagePlacement{2, 0.5, -5, -3, 50, 4}));
}

TEST(ImageFit, RefusesImpossibleCropsAndSizes) {
  Preprocess preprocess;
  preprocess.crop_width = preprocess.crop_height = 10;
  EXPECT_THAT(fitted(preprocess, ramp({9, 20})).error().message,
              HasSubstr("the crop of 10 x 10 is larger than the image of 9 x 20"));
  preprocess.resize = Preprocess::ResizeMode::ShortSide;
  preprocess.width = 60000;
  EXPECT_THAT(fitted(preprocess, ramp({1, 9})).error().message, HasSubstr("too many"));
  EXPECT_THAT(fitted(letterbox(60000, 60000), ramp({1, 9})).error().message, HasSubstr("too many"));
}

}  // namespace
}  // namespace quantrail
