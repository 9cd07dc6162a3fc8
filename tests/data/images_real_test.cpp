#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "data/npy.h"
#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

const std::vector<ValueInfo> kInput{{"input", ElementType::Float32, {-1, 3, 224, 224}, {}}};

class RealImages : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("QUANTRAIL_DATA");
    if (data == nullptr) GTEST_SKIP() << "QUANTRAIL_DATA is not set: it names the folder of real networks and data";
    folder_ = std::filesystem::path(data) / "mobilenet_v1_imagenet";
    config_.data.type = "image_list";
    config_.data.path = folder_ / "val.txt";
    config_.preprocess.resize = Preprocess::ResizeMode::ShortSide;
    config_.preprocess.width = 256;
    config_.preprocess.crop_width = config_.preprocess.crop_height = 224;
    config_.preprocess.layout = "NCHW";
  }
  std::filesystem::path folder_;
  DataConfig config_;
};

TEST_F(RealImages, HaveThePixelsThatPillowGives) {
  const auto expected = open_npy(folder_ / "first8_pixels_u8.npy");
  ASSERT_TRUE(expected) << expected.error().message;
  const auto data = open_dataset(config_, kInput, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 350U);
  constexpr std::size_t kPlane = 224 * 224;
  for (std::size_t i = 0; i < 8; ++i) {
    std::vector<std::byte> pixels(expected->row_bytes());
    ASSERT_TRUE(expected->read_row(i, pixels));
    const auto sample = first_input<float>(**data, i);
    ASSERT_EQ(sample.size(), 3 * kPlane);
    std::size_t different = 0;
    for (std::size_t at = 0; at < pixels.size(); ++at) {
      const float found = sample[at % 3 * kPlane + at / 3];
      different += found == static_cast<float>(std::to_integer<int>(pixels[at])) ? 0 : 1;
    }
    EXPECT_EQ(different, 0U) << (*data)->describe(i);
  }
}

TEST_F(RealImages, AreAllReadableGreyOnesIncluded) {
  const auto data = open_dataset(config_, kInput, {.labels_required = true, .threads = 2});
  ASSERT_TRUE(data) << data.error().message;
  for (std::size_t i = 0; i < (*data)->size(); ++i) EXPECT_TRUE(sample_of(**data, i)) << (*data)->describe(i);
}

}  // namespace
}  // namespace quantrail
