#include "data/resample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "base/hash.h"
#include "data/luminance.h"

namespace quantrail {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// Gradients with noise on top, the same in any language with 32-bit unsigned arithmetic.
Image synthetic(ImageSize size) {
  Image image = Image::of_size(size);
  std::size_t at = 0;
  for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(size.height); ++y) {
    for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(size.width); ++x) {
      for (std::uint32_t c = 0; c < 3; ++c) {
        const std::uint32_t noise = ((x * 31 + y * 17 + c * 7) * 2654435761U) >> 16U;
        image.values[at++] = static_cast<std::uint8_t>(x * 3 + y * 5 + x * y * 7 + c * 41 + (noise & 63U));
      }
    }
  }
  return image;
}

std::string hash_of(const Image& image) { return sha256(std::as_bytes(std::span(image.values))).hex(); }

struct Golden {
  ImageSize from{};
  ImageSize to{};
  Interpolation interpolation{};
  const char* sha256 = "";
};

// Image.fromarray(synthetic).resize(...) of Pillow 9.4.
const Golden kPillow[] = {
    {{37, 23}, {16, 11}, Interpolation::Bilinear, "93218f0b3b950f0a2e925ba6e87a55fcd430a65a38466b3e2a2d0a50eb1b078b"},
    {{37, 23}, {16, 11}, Interpolation::Bicubic, "0cacbbfe61b2f23ddff02a16b19f4fbe72686246e39a316d6f610be955a962fb"},
    {{37, 23}, {16, 11}, Interpolation::Nearest, "50803edd038c9b2f7301efd481529a75d75401f6e547fc82c8f5086116da46bc"},
    {{37, 23}, {101, 64}, Interpolation::Bilinear, "ca34f0659edffdbd05b44f4e28782297d9ca67596f3b42d847d34da99a8815a6"},
    {{37, 23}, {101, 64}, Interpolation::Bicubic, "b422ff1d56471ad07ec498da52fb24ce161cf084466d86c44db50f4cdbf60fe0"},
    {{37, 23}, {101, 64}, Interpolation::Nearest, "53178637ec3191da3e60a682fb04ca68c1ca3570c4fe88d99abf068f7183428d"},
    {{500, 375},
     {341, 256},
     Interpolation::Bilinear,
     "f54f760f3a01e3703456bdef92fad68321bca8aceadc5e0d360fa2277b1180fc"},
    {{500, 375},
     {341, 256},
     Interpolation::Bicubic,
     "0b79ad9bc31ffa69d89a9ce568748c5ab80dd5f009586a0bf9530c7918b8b16b"},
    {{500, 375},
     {341, 256},
     Interpolation::Nearest,
     "3c06158c517694ff33c1075a0edb4729a87e403232955c573d209be7fc1cb44b"},
    {{64, 64}, {64, 32}, Interpolation::Bilinear, "624f592515b1fb03e3cd71b0d4b096f60f594ccb22e318a2d0c471e816242852"},
    {{64, 64}, {32, 64}, Interpolation::Bicubic, "e9786edcef50a7c41a86b0dd7d587b7d323ca24ca15b81ed8ed6fb8fd652c5f6"},
    {{64, 64}, {32, 64}, Interpolation::Nearest, "f763fd7cd2af92b0c165ff7b7595cd22b4d0aab9c92471dea9e828540980db1c"},
    {{7, 5}, {1, 1}, Interpolation::Bilinear, "6017c4081d547bb7e9d8e7c81ea5b426483bc5814409ee855d379ef033247245"},
    {{7, 5}, {1, 1}, Interpolation::Bicubic, "b6c4d8d4474d90ed25e27134dea84984ac4ba69d3bdddaf40694be5c35524d87"},
    {{7, 5}, {1, 1}, Interpolation::Nearest, "1f34ac27c1129c0874c91edaaac117b0b51363c445d593529a742d53768bca81"},
    {{1, 1}, {5, 3}, Interpolation::Bicubic, "bd6d7d7b5ba667f8acd102a85fff6065af5ab311d800c2305c53b48f1c1f4140"},
    {{333, 500},
     {256, 384},
     Interpolation::Bilinear,
     "6e602db834890e01cc12fbe6950ce14b7245665f40575364cc2d6fcf49cd019e"},
    {{333, 500},
     {256, 384},
     Interpolation::Bicubic,
     "d014e14af6c477c42b2a0a3c0d220a99ae8b6d443faa9124f1f9c794b5cbb4d2"},
    {{333, 500},
     {256, 384},
     Interpolation::Nearest,
     "ff065b746e7bd36499fbdc60158f1aa9f35e30dddc26b1e7e4748004c311f061"},
    {{100, 3}, {33, 7}, Interpolation::Bilinear, "6843a75aa4dd7ddbff7aa803771050434f00298ff026e707c4fbf1c0c420e2fe"},
    {{100, 3}, {33, 7}, Interpolation::Bicubic, "2b9f3109fa0f8a24e93d8f032b023f5a84f81e020e42624b607dc0a4cae4bb69"},
    {{100, 3}, {33, 7}, Interpolation::Nearest, "86522523eed1d2ff263d2c8af75ecb3c4933a23da5cbf20e429529903b74ed6f"},
};

TEST(Resampled, EqualsPillowToTheBit) {
  for (const Golden& golden : kPillow) {
    const Image image = resampled(synthetic(golden.from), golden.to, golden.interpolation, true);
    EXPECT_EQ(image.size, golden.to);
    EXPECT_EQ(hash_of(image), golden.sha256)
        << golden.from.width << "x" << golden.from.height << " to " << golden.to.width << "x" << golden.to.height
        << ", " << static_cast<int>(golden.interpolation);
  }
}

// Image.fromarray(synthetic).convert("L").resize(...) of Pillow 9.4.
const Golden kPillowGrey[] = {
    {{37, 23}, {16, 11}, Interpolation::Bilinear, "bf84353ef1e7be488c188f264fca3cfc416737751a618d5623bdeea885af28c5"},
    {{37, 23}, {101, 64}, Interpolation::Bicubic, "d0f860ebcd9e880665805bec35715f18aaf7400a59b111ad3f766f0678c709f0"},
    {{37, 23}, {16, 11}, Interpolation::Nearest, "c6e377e641c1c30cd86a329101f859db0b7c0ca9d64974b945cad51660e2e933"},
    {{64, 64}, {64, 32}, Interpolation::Bilinear, "ba7419ccaf366068edc0748fa53d99fc50c61f05e6b931abd5e8b2c9328ed5e1"},
};

TEST(Resampled, EqualsPillowToTheBitInOneChannel) {
  for (const Golden& golden : kPillowGrey) {
    const Image image = resampled(luminance(synthetic(golden.from)), golden.to, golden.interpolation, true);
    EXPECT_EQ(image.channels, 1);
    EXPECT_EQ(hash_of(image), golden.sha256) << static_cast<int>(golden.interpolation);
  }
}

TEST(Resampled, KeepsAnImageOfTheRightSize) {
  const Image image = synthetic({9, 4});
  for (const auto interpolation : {Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Bicubic}) {
    EXPECT_EQ(resampled(image, {9, 4}, interpolation, true), image);
  }
}

TEST(Resampled, KeepsFlatColour) {
  Image flat = Image::of_size({13, 7});
  for (auto& value : flat.values) value = 201;
  for (const auto interpolation : {Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Bicubic}) {
    for (const bool antialias : {true, false}) {
      EXPECT_THAT(resampled(flat, {5, 19}, interpolation, antialias).values, Each(201));
    }
  }
}

TEST(Resampled, WithoutAntialiasingReadsOnlyTheNeighbours) {
  // Eight columns to two: the centres lie at 2.0 and 6.0, between columns 1, 2 and 5, 6.
  Image image = Image::of_size({8, 1});
  for (std::size_t x = 0; x < 8; ++x) image.values[3 * x] = static_cast<std::uint8_t>(x * x);
  const Image sharp = resampled(image, {2, 1}, Interpolation::Bilinear, false);
  EXPECT_THAT((std::vector<int>{sharp.values[0], sharp.values[3]}), ElementsAre(3, 31));  // 2.5 and 30.5, rounded up
  const Image smooth = resampled(image, {2, 1}, Interpolation::Bilinear, true);
  EXPECT_NE(smooth, sharp);
}

TEST(Resampled, IgnoresAntialiasingWhenEnlarging) {
  const Image image = synthetic({6, 5});
  EXPECT_EQ(resampled(image, {15, 11}, Interpolation::Bicubic, true),
            resampled(image, {15, 11}, Interpolation::Bicubic, false));
}

}  // namespace
}  // namespace quantrail
