#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "data/image_pipeline.h"
#include "data/open.h"
#include "tests/data/support.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

ValueInfo input(Shape shape, ElementType type = ElementType::Float32) { return {"input", type, std::move(shape), {}}; }

template <class T>
std::vector<T> written(const Preprocess& preprocess, const ValueInfo& network_input, const Image& image) {
  const auto pipeline = ImagePipeline::make(preprocess, network_input, image.size);
  EXPECT_TRUE(pipeline) << pipeline.error().message;
  std::vector<std::byte> bytes(static_cast<std::size_t>(element_count(pipeline->sample().shape)) * sizeof(T));
  EXPECT_TRUE(pipeline->write(image, bytes));
  return values_of<T>(bytes);
}

std::string problem(const Preprocess& preprocess, const ValueInfo& network_input, ImageSize first) {
  const auto pipeline = ImagePipeline::make(preprocess, network_input, first);
  return pipeline ? "none" : pipeline.error().message;
}

TEST(ImagePipeline, WritesPlanesOrPixelsInEitherChannelOrder) {
  const Image image = ramp({2, 1});
  Preprocess preprocess;
  EXPECT_THAT(written<float>(preprocess, input({-1, 3, 1, 2}), image), ElementsAre(0, 3, 1, 4, 2, 5));
  preprocess.channel_order = "BGR";
  EXPECT_THAT(written<float>(preprocess, input({-1, 3, 1, 2}), image), ElementsAre(2, 5, 1, 4, 0, 3));
  preprocess.layout = "NHWC";
  EXPECT_THAT(written<float>(preprocess, input({-1, 1, 2, 3}), image), ElementsAre(2, 1, 0, 5, 4, 3));
}

TEST(ImagePipeline, NormalisesInOutputOrder) {
  const Image image = ramp({2, 1});
  Preprocess preprocess;
  preprocess.divide_by = 2;
  preprocess.mean = {1, 2, 3};
  preprocess.std = {1, 2, 4};
  preprocess.channel_order = "BGR";
  EXPECT_THAT(written<float>(preprocess, input({-1, 3, 1, 2}), image),
              ElementsAre(0.0F, 1.5F, -0.75F, 0.0F, -0.75F, -0.375F));
  preprocess.mean = {1};
  preprocess.std = {0.5};
  EXPECT_THAT(written<float>(preprocess, input({-1, 3, 1, 2}), image), ElementsAre(0, 3, -1, 2, -2, 1));
}

TEST(ImagePipeline, RoundsOnceToHalfPrecision) {
  const Image image = ramp({1, 1});
  Preprocess preprocess;
  preprocess.layout = "NHWC";
  preprocess.mean = {-2049, -2048.0000000001, -1};
  EXPECT_THAT(written<std::uint16_t>(preprocess, input({-1, 1, 1, 3}, ElementType::Float16), image),
              ElementsAre(0x6800, 0x6801, 0x4200));
  EXPECT_THAT(written<std::uint16_t>(preprocess, input({-1, 1, 1, 3}, ElementType::BFloat16), image),
              ElementsAre(0x4500, 0x4500, 0x4040));
  preprocess.std = {1e-6};
  EXPECT_THAT(problem(preprocess, input({-1, 1, 1, 3}, ElementType::Float16), image.size),
              HasSubstr("too large for the network input \"input\", float16"));
}

TEST(ImagePipeline, GivesNetworksOfOneChannelTheLuminance) {
  Preprocess preprocess;
  preprocess.channel_order = "GRAY";
  preprocess.mean = {1};
  preprocess.std = {2};
  Image image = Image::of_size({2, 1});
  image.values = {255, 0, 0, 7, 7, 7};  // red and grey
  EXPECT_THAT(written<float>(preprocess, input({-1, 1, 1, 2}), image), ElementsAre(37.5F, 3.0F));
  preprocess.layout = "NHWC";
  EXPECT_THAT(written<float>(preprocess, input({-1, 1, 2, 1}), image), ElementsAre(37.5F, 3.0F));
}

TEST(ImagePipeline, TakesTheLuminanceBeforeResizing) {
  Preprocess preprocess;
  preprocess.channel_order = "GRAY";
  preprocess.resize = Preprocess::ResizeMode::Exact;
  preprocess.width = preprocess.height = 1;
  Image image = Image::of_size({2, 1});
  image.values = {0, 0, 0, 2, 0, 2};  // 0 and 0.83, so 0 and 1; averaged first, (1, 0, 1) would be 0.41
  EXPECT_THAT(written<std::uint8_t>(preprocess, input({-1, 1, 1, 1}, ElementType::Uint8), image), ElementsAre(1));
}

TEST(ImagePipeline, FeedsUint8NetworksWithCodes) {
  EXPECT_THAT(written<std::uint8_t>({}, input({-1, 3, 1, 2}, ElementType::Uint8), ramp({2, 1})),
              ElementsAre(0, 3, 1, 4, 2, 5));
  Preprocess preprocess;
  preprocess.divide_by = 255;
  EXPECT_THAT(problem(preprocess, input({-1, 3, 1, 2}, ElementType::Uint8), {2, 1}), HasSubstr("is uint8"));
}

TEST(ImagePipeline, TakesItsSizeFromPreprocessingWhereTheNetworkTakesAny) {
  Preprocess preprocess;
  preprocess.crop_width = 4;
  preprocess.crop_height = 2;
  const auto pipeline = ImagePipeline::make(preprocess, input({-1, -1, -1, -1}), {9, 9});
  ASSERT_TRUE(pipeline);
  EXPECT_THAT(pipeline->sample().shape, ElementsAre(3, 2, 4));
}

TEST(ImagePipeline, RefusesWhatTheNetworkDoesNotTake) {
  EXPECT_THAT(problem({}, input({-1, 3, 8, 8}), {9, 8}),
              HasSubstr("needs [3,8,8], preprocessing gives [3,8,9] (NCHW)"));
  EXPECT_THAT(problem({}, input({-1, 10}), {8, 8}), HasSubstr("images need 4 axes"));
  EXPECT_THAT(problem({}, input({-1, 3, 8, 8}, ElementType::Int64), {8, 8}), HasSubstr("is int64"));
}

TEST(ImagePipeline, SaysWhatToChange) {
  Preprocess grey;
  grey.channel_order = "GRAY";
  const ImageSize size{8, 8};
  EXPECT_THAT(problem({}, input({-1, 1, 8, 8}), size),
              HasSubstr("needs [1,8,8], preprocessing gives [3,8,8] (NCHW): use channel_order GRAY"));
  EXPECT_THAT(problem(grey, input({-1, 3, 8, 8}), size), HasSubstr("(NCHW): use channel_order RGB or BGR"));
  EXPECT_THAT(problem({}, input({-1, 8, 8, 3}), size), EndsWith("(NCHW): use layout NHWC"));
  EXPECT_THAT(problem({}, input({-1, 8, 8, 1}), size), EndsWith("use layout NHWC and channel_order GRAY"));
  EXPECT_THAT(problem({}, input({-1, 4, 8, 8}), size), HasSubstr("images have 3 channels, or 1"));
  EXPECT_THAT(problem(grey, input({-1, 1, 9, 9}), size), EndsWith("check resize and crop"));
}

class Images : public ::testing::Test {
 protected:
  Images() {
    config_.data.type = "image_list";
    config_.data.path = folder_.write("val.txt", "a.jpg 1\nb.png 0\n");
    folder_.copy("a.jpg", fixture("colour_420.jpg"));
    folder_.copy("b.png", fixture("grey.png"));
    config_.preprocess.resize = Preprocess::ResizeMode::Exact;
    config_.preprocess.width = config_.preprocess.height = 8;
  }
  Digest fingerprint(const DataConfig& config) { return (*open_dataset(config, inputs_))->fingerprint(); }

  TemporaryFolder folder_;
  DataConfig config_;
  std::vector<ValueInfo> inputs_{input({-1, 3, 8, 8})};
};

TEST_F(Images, BecomeSamples) {
  const auto data = open_dataset(config_, inputs_, {.labels_required = true});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ((*data)->size(), 2U);
  EXPECT_EQ((*data)->truth(0)->label, 1);
  EXPECT_EQ((*data)->inputs().front().name, "input");
  const auto grey = first_input<float>(**data, 1);
  ASSERT_EQ(grey.size(), 192U);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_TRUE(grey[i] == grey[64 + i] && grey[i] == grey[128 + i]);
}

TEST_F(Images, NameTheFileThatIsNoImage) {
  folder_.write("b.png", "not an image");
  const auto data = open_dataset(config_, inputs_);
  ASSERT_TRUE(data) << "only the first image is decoded at once";
  const auto sample = sample_of(**data, 1);
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().cause, Cause::InvalidInput);
  EXPECT_THAT(sample.error().message, HasSubstr("val.txt:2: "));
  EXPECT_THAT(sample.error().message, HasSubstr("b.png: is neither a JPEG nor a PNG image"));
  folder_.write("a.jpg", "not an image");
  EXPECT_THAT(open_dataset(config_, inputs_).error().message, HasSubstr("val.txt:1: "));
}

TEST_F(Images, NameTheFileThatIsGone) {
  const auto data = open_dataset(config_, inputs_);
  ASSERT_TRUE(data);
  std::filesystem::remove(folder_.path() / "b.png");
  EXPECT_THAT(sample_of(**data, 1).error().message, HasSubstr("b.png: cannot be read any more"));
}

TEST_F(Images, MustAgreeInSize) {
  config_.preprocess.resize = Preprocess::ResizeMode::None;
  config_.data.path = folder_.write("val.txt", "a.jpg 1\nc.jpg 0\n");
  folder_.copy("c.jpg", fixture("colour_420.jpg"));
  const std::vector<ValueInfo> any{input({-1, 3, -1, -1})};
  EXPECT_TRUE(open_dataset(config_, any));
  config_.preprocess.resize = Preprocess::ResizeMode::ShortSide;
  config_.preprocess.width = 5;
  EXPECT_THAT(open_dataset(config_, inputs_).error().message, HasSubstr("preprocessing gives [3,5,8]"));
}

TEST_F(Images, FeedOneInputOnly) {
  const std::vector<ValueInfo> two{input({-1, 3, 8, 8}), input({-1, 1})};
  EXPECT_THAT(open_dataset(config_, two).error().message, HasSubstr("images feed one input, the network has 2"));
}

TEST_F(Images, HaveAFingerprintOfContentLabelsOrderAndPreprocessing) {
  const Digest first = fingerprint(config_);
  EXPECT_EQ(fingerprint(config_), first);
  std::vector<Digest> all{first};
  DataConfig changed = config_;
  changed.data.limit = 1;
  all.push_back(fingerprint(changed));
  changed = config_;
  changed.preprocess.mean = {1};
  all.push_back(fingerprint(changed));
  changed = config_;
  changed.preprocess.interpolation = Interpolation::Bicubic;
  all.push_back(fingerprint(changed));
  changed = config_;
  changed.preprocess.rounding = Rounding::Torchvision;
  all.push_back(fingerprint(changed));
  changed = config_;
  changed.preprocess.channel_order = "BGR";
  all.push_back(fingerprint(changed));
  folder_.write("val.txt", "b.png 0\na.jpg 1\n");
  all.push_back(fingerprint(config_));
  folder_.write("val.txt", "a.jpg 1\nb.png 1\n");
  all.push_back(fingerprint(config_));
  folder_.write("val.txt", "a.jpg 1\nb.png\n");
  all.push_back(fingerprint(config_));
  std::filesystem::remove(folder_.path() / "b.png");
  folder_.copy("b.png", fixture("one_bit.png"));
  folder_.write("val.txt", "a.jpg 1\nb.png 0\n");
  all.push_back(fingerprint(config_));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST_F(Images, HaveTheSameFingerprintWhateverTheThreads) {
  EXPECT_EQ((*open_dataset(config_, inputs_, {.threads = 4}))->fingerprint(), fingerprint(config_));
}

}  // namespace
}  // namespace quantrail
