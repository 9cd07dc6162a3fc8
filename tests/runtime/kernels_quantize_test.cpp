#include "runtime/kernels_quantize.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<std::uint8_t> quantized(const std::vector<float>& src, ActivationParams params) {
  std::vector<std::uint8_t> dst(src.size());
  quantize(src, params, dst);
  return dst;
}

TEST(Quantize, TiesGoToTheEvenStepBeforeTheZeroPointIsAdded) {
  EXPECT_THAT(quantized({0.25F, 0.75F, 1.25F, -0.25F, -0.75F}, {0.5F, 101}),
              testing::ElementsAre(101, 103, 103, 101, 99));
}

TEST(Quantize, SaturatesAtBothEndsAlsoForInfinityAndHugeValues) {
  EXPECT_THAT(quantized({-kInfinity, -1e38F, -1.01F, 25.4F, 25.6F, 1e38F, kInfinity}, {0.1F, 10}),
              testing::ElementsAre(0, 0, 0, 255, 255, 255, 255));
}

TEST(Quantize, NanBecomesTheZeroPoint) {
  EXPECT_THAT(quantized({kNan, -kNan}, {0.1F, 77}), testing::ElementsAre(77, 77));
}

TEST(Quantize, QuotientsThatOverflowOrUnderflowFollowTheDefinition) {
  EXPECT_THAT(quantized({1.0F, -1.0F, 0.0F}, {std::numeric_limits<float>::denorm_min(), 9}),
              testing::ElementsAre(255, 0, 9));
  EXPECT_THAT(quantized({1.0F, -1.0F, 3e38F}, {std::numeric_limits<float>::max(), 9}), testing::ElementsAre(9, 9, 10));
}

TEST(Quantize, IsTheDefinitionForEveryLength) {
  Random random(1);
  for (std::size_t count = 0; count < 200; ++count) {
    const ActivationParams params = random.params();
    const auto src = random.reals(count, 2.0F);
    const auto dst = quantized(src, params);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(dst[i], plain_code(src[i], params)) << src[i];
  }
}

TEST(Quantize, DividesAndDoesNotMultiplyByTheReciprocal) {
  // Values near ties: the quotient and the product with the reciprocal fall on different sides of some.
  int differs = 0;
  for (const float scale : {0.1F, 0.3F, 0.017F, 0.0235F}) {
    for (int steps = 0; steps < 250; ++steps) {
      const float value = (static_cast<float>(steps) + 0.5F) * scale;
      EXPECT_EQ(quantized({value}, {scale, 0})[0], plain_code(value, {scale, 0}));
      if (std::nearbyint(value * (1.0F / scale)) != std::nearbyint(value / scale)) ++differs;
    }
  }
  EXPECT_GT(differs, 0) << "the values do not tell the two apart";
}

TEST(Dequantize, IsTheDefinitionForEveryCode) {
  std::vector<std::uint8_t> codes(256);
  std::iota(codes.begin(), codes.end(), std::uint8_t{0});
  const ActivationParams params{0.37F, 128};
  std::vector<float> reals(256);
  dequantize(codes, params, reals);
  for (std::size_t i = 0; i < 256; ++i) EXPECT_EQ(reals[i], plain_real(codes[i], params));
  EXPECT_EQ(quantized(reals, params), codes);
}

TEST(FakeQuantize, IsQuantizeThenDequantizeAlsoInPlace) {
  Random random(2);
  for (const std::size_t count : {0UL, 1UL, 15UL, 16UL, 1000UL}) {
    const ActivationParams params = random.params();
    auto values = random.reals(count, 3.0F);
    if (count > 2) values[1] = kNan;
    const auto codes = quantized(values, params);
    std::vector<float> expected(count);
    dequantize(codes, params, expected);
    std::vector<float> apart(count);
    fake_quantize(values, params, apart);
    EXPECT_EQ(apart, expected);
    fake_quantize(values, params, values);
    EXPECT_EQ(values, expected);
  }
}

TEST(QuantizeToChannelsLast, MovesAndQuantizesAnyShape) {
  Random random(3);
  for (const Channels shape :
       {Channels{1, 3, 224}, Channels{2, 1, 65}, Channels{2, 3, 1}, Channels{1, 4, 300}, Channels{3, 33, 17},
        Channels{1, 16, 256}, Channels{2, 64, 257}, Channels{0, 3, 4}, Channels{1, 3, 0}}) {
    const ActivationParams params = random.params();
    const auto src = random.reals(static_cast<std::size_t>(shape.size()));
    std::vector<std::uint8_t> dst(src.size());
    quantize_to_channels_last(src, shape, params, dst);
    for_each_index({shape.batch, shape.spatial, shape.channels}, [&](const Sizes& at) {
      const float value = src[offset({shape.batch, shape.channels, shape.spatial}, {at[0], at[2], at[1]})];
      EXPECT_EQ(dst[offset({shape.batch, shape.spatial, shape.channels}, at)], plain_code(value, params));
    });
  }
}

TEST(DequantizeToChannelsFirst, MovesAndDequantizesAnyShape) {
  Random random(4);
  for (const Channels shape : {Channels{1, 3, 224}, Channels{2, 1, 65}, Channels{2, 10, 1}, Channels{1, 5, 300},
                               Channels{3, 33, 17}, Channels{1, 16, 256}, Channels{0, 3, 4}}) {
    const ActivationParams params = random.params();
    const auto src = random.codes(static_cast<std::size_t>(shape.size()));
    std::vector<float> dst(src.size());
    dequantize_to_channels_first(src, shape, params, dst);
    for_each_index({shape.batch, shape.channels, shape.spatial}, [&](const Sizes& at) {
      const auto code = src[offset({shape.batch, shape.spatial, shape.channels}, {at[0], at[2], at[1]})];
      EXPECT_EQ(dst[offset({shape.batch, shape.channels, shape.spatial}, at)], plain_real(code, params));
    });
  }
}

}  // namespace
}  // namespace quantrail::kernels
