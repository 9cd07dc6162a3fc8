#include "data/luminance.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/hash.h"
#include "data/decode.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

struct Golden {
  const char* name = "";
  const char* sha256 = "";
};

// numpy.asarray(Image.open(name).convert("L")) of Pillow 9.4.
const Golden kPillow[] = {
    {"cmyk.jpg", "16335e7fe434ef3899d9eba57d057cdf5076aadd911840fcb5cfd0528be7e836"},
    {"colour.png", "9d9d029bde10e9b46e4b7ea65fa540d8e6ad663ab51d85f206f37a8ac0732262"},
    {"colour_420.jpg", "5290d33c678d35a546166df71cd674958302ad7fe2be1d8ff28ca2b9c103d108"},
    {"grey.jpg", "5290d33c678d35a546166df71cd674958302ad7fe2be1d8ff28ca2b9c103d108"},
    {"grey.png", "9d9d029bde10e9b46e4b7ea65fa540d8e6ad663ab51d85f206f37a8ac0732262"},
    {"one_bit.png", "e968cf4dbfeff95ab6d0be3bb1ec4fde51e9376431396c8148bbe3d59de3d15b"},
    {"palette.png", "5a10a8e5dc4cfef3824c535689e76dc1d434943a2f5cc0a5a77ab5bea9500c28"},
    {"progressive_444.jpg", "a651f28fc7efd3fa5206b671f2736d2bbd757474facf76c384af27ef7d4aa78a"},
    {"transparent.png", "9d9d029bde10e9b46e4b7ea65fa540d8e6ad663ab51d85f206f37a8ac0732262"},
};

TEST(Luminance, EqualsPillowToTheBit) {
  for (const Golden& golden : kPillow) {
    const std::string content = read_file(fixture(golden.name)).value();
    const auto image = decode_image(std::as_bytes(std::span(content)));
    ASSERT_TRUE(image) << golden.name << ": " << image.error().message;
    const Image grey = luminance(*image);
    EXPECT_EQ(grey.size, image->size);
    EXPECT_EQ(grey.channels, 1);
    EXPECT_EQ(sha256(std::as_bytes(std::span(grey.values))).hex(), golden.sha256) << golden.name;
  }
}

TEST(Luminance, LeavesEveryGreyAsItIs) {
  Image image = Image::of_size({256, 1});
  for (std::size_t i = 0; i < image.values.size(); ++i) image.values[i] = static_cast<std::uint8_t>(i / 3);
  const Image grey = luminance(image);
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(grey.values[i], i);
}

}  // namespace
}  // namespace quantrail
