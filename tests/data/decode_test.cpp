#include "data/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;

Result<Image> decoded(const std::string& content) { return decode_image(std::as_bytes(std::span(content))); }

std::string content_of(const std::string& name) { return read_file(fixture(name)).value(); }

struct Golden {
  const char* name = "";
  const char* sha256 = "";
};

// numpy.asarray(Image.open(name).convert("RGB")) of Pillow 9.4; grey_16_bit.png: its upper bytes, which Pillow clips.
const Golden kPillow[] = {
    {"cmyk.jpg", "d3c7603f2d5d7025701230e16a966ba285fdfe522c8852e55430460e94c829fc"},
    {"colour.png", "a5a2149d18223c7f6278ee2d59c258e2714fcdd02a0cc52b0d60522c78c444c8"},
    {"colour_16_bit.png", "55c46a8f6f96d344c947a69329d5ec10bda574ea3ab21f5a79be18eab43b9cc8"},
    {"colour_420.jpg", "2d157f7a5fc88ae3b4f532d96f5f3c0e2d89ca156adca221cbe2c258481b0c77"},
    {"grey.jpg", "2bd8a637ecc6036a6815226e2fd2de2956316daa67d34b7545e74a0f5cdf08db"},
    {"grey.png", "6275bcf344fcead77b61573da9398cfa3c2db2cb08c986bbfc873c3b6e20f778"},
    {"grey_16_bit.png", "f59ae753c4c200628eedc53a997e258a46f270a45de9b20408dc589cc5da06e6"},
    {"interlaced.png", "a5a2149d18223c7f6278ee2d59c258e2714fcdd02a0cc52b0d60522c78c444c8"},
    {"one_bit.png", "99e9223f298a3f4f2310ed4c1e3eb2eb9f04fcb1a3f6be7a721ff1b950e7705c"},
    {"palette.png", "2238db730457294fb59e9771be4bb8fe91327db07b760196740fbcbf35c8dfa0"},
    {"progressive_444.jpg", "b77bf7eb69ea6ed30149ef759e7086ee86f41d3638fdb5ac3dc2257d12e971fc"},
    {"rotated_by_exif.jpg", "2d157f7a5fc88ae3b4f532d96f5f3c0e2d89ca156adca221cbe2c258481b0c77"},
    {"transparent.png", "a5a2149d18223c7f6278ee2d59c258e2714fcdd02a0cc52b0d60522c78c444c8"},
};

TEST(Decode, EqualsPillowToTheBit) {
  for (const Golden& golden : kPillow) {
    const auto image = decoded(content_of(golden.name));
    ASSERT_TRUE(image) << golden.name << ": " << image.error().message;
    EXPECT_EQ(image->size, (ImageSize{37, 23})) << golden.name;
    EXPECT_EQ(sha256(std::as_bytes(std::span(image->values))).hex(), golden.sha256) << golden.name;
  }
}

TEST(Decode, RefusesWhatIsNoImage) {
  EXPECT_THAT(decoded("").error().message, HasSubstr("is empty"));
  EXPECT_THAT(decoded("GIF89a").error().message, HasSubstr("neither a JPEG nor a PNG"));
  EXPECT_THAT(decoded("\xFF\xD8\xFF").error().message, HasSubstr("damaged JPEG"));
  EXPECT_THAT(decoded("\x89PNG\r\n\x1A\n").error().message, HasSubstr("damaged PNG: the file ends too early"));
}

TEST(Decode, RefusesTruncatedJpegs) {
  for (const auto* name : {"colour_420.jpg", "progressive_444.jpg", "grey.jpg", "cmyk.jpg"}) {
    const std::string whole = content_of(name);
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
      const auto image = decoded(whole.substr(0, length));
      ASSERT_FALSE(image) << name << " cut to " << length;
      EXPECT_EQ(image.error().cause, Cause::InvalidInput);
    }
  }
}

TEST(Decode, RefusesTruncatedPngs) {
  constexpr std::size_t kEnd = 12;  // the closing chunk holds nothing
  for (const auto* name : {"colour.png", "palette.png", "interlaced.png", "grey_16_bit.png"}) {
    const std::string whole = content_of(name);
    for (std::size_t length = 0; length + kEnd + 4 < whole.size(); ++length) {
      ASSERT_FALSE(decoded(whole.substr(0, length))) << name << " cut to " << length;
    }
  }
}

TEST(Decode, SurvivesEveryFlippedByte) {
  for (const auto* name :
       {"colour_420.jpg", "progressive_444.jpg", "cmyk.jpg", "colour.png", "palette.png", "interlaced.png"}) {
    const std::string whole = content_of(name);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(~flipped[at]);
      const auto image = decoded(flipped);
      if (image)
        EXPECT_EQ(image->values.size(), static_cast<std::size_t>(3 * image->size.width * image->size.height));
      else
        EXPECT_FALSE(image.error().message.empty());
    }
  }
}

TEST(Decode, RefusesAnImageThatClaimsTooManyPixels) {
  std::string jpeg = content_of("colour_420.jpg");
  const auto frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (const std::size_t at : {5U, 7U}) jpeg[frame + at] = '\xF0';
  EXPECT_THAT(decoded(jpeg).error().message, HasSubstr("pixels are too many"));
}

}  // namespace
}  // namespace quantrail
