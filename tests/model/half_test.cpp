#include "model/half.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "model/graph_builder.h"
#include "model/interpret.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::tensor;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Tensor halves(ElementType type, const std::vector<float>& values) {
  return narrowed(tensor<float>({static_cast<std::int64_t>(values.size())}, values), type);
}

TEST(Half, EveryFloat16SurvivesBeingWidened) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_float16(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(from_float16(to_float16(value))));
    } else {
      ASSERT_EQ(to_float16(value), half);
      ASSERT_EQ(to_float16(static_cast<double>(value)), half);
    }
  }
}

TEST(Half, EveryBFloat16SurvivesBeingWidened) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_bfloat16(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(from_bfloat16(to_bfloat16(value))));
    } else {
      ASSERT_EQ(to_bfloat16(value), half);
    }
  }
}

TEST(Half, TiesGoToEven) {
  EXPECT_EQ(from_float16(to_float16(1.0F + 0x1p-11F)), 1.0F);
  EXPECT_EQ(from_float16(to_float16(1.0F + 0x3p-11F)), 1.0F + 0x1p-9F);
  EXPECT_EQ(from_bfloat16(to_bfloat16(1.0F + 0x1p-8F)), 1.0F);
  EXPECT_EQ(from_bfloat16(to_bfloat16(1.0F + 0x3p-8F)), 1.0F + 0x1p-6F);
  EXPECT_EQ(to_float16(0x1p-25F), 0);
  EXPECT_EQ(to_float16(0x1.8p-24F), 2);
}

TEST(Half, RoundsDoublesOnce) {
  // As a float32 this is the tie itself, which would go down.
  EXPECT_EQ(from_float16(to_float16(1.0 + 0x1p-11 + 0x1p-40)), 1.0F + 0x1p-10F);
  EXPECT_EQ(from_float16(to_float16(-1.0 - 0x1p-11 + 0x1p-40)), -1.0F);
  EXPECT_EQ(from_bfloat16(to_bfloat16(1.0 + 0x1p-8 + 0x1p-40)), 1.0F + 0x1p-7F);
  EXPECT_EQ(to_float16(1e-300), 0);
}

TEST(Half, BeyondTheLargestIsInfinity) {
  EXPECT_EQ(from_float16(to_float16(65504.0F)), 65504.0F);
  EXPECT_EQ(from_float16(to_float16(65519.99F)), 65504.0F);
  EXPECT_EQ(from_float16(to_float16(65520.0F)), kInfinity);
  EXPECT_EQ(from_float16(to_float16(-1e30)), -kInfinity);
  EXPECT_EQ(from_bfloat16(to_bfloat16(std::numeric_limits<float>::max())), kInfinity);
  EXPECT_TRUE(std::isnan(from_float16(to_float16(std::nan("")))));
  EXPECT_TRUE(std::isnan(from_bfloat16(to_bfloat16(std::nanf("")))));
}

TEST(Half, NearestOfItsNeighbours) {
  std::mt19937 generator(7);
  std::uniform_int_distribution<std::uint32_t> bits;
  for (int trial = 0; trial < 20000; ++trial) {
    const auto value = std::bit_cast<float>(bits(generator));
    if (!(std::abs(value) < 65000.0F)) continue;
    const auto half = to_float16(value);
    const float gap = std::abs(from_float16(half) - value);
    for (const int step : {-1, 1}) {
      const float other = from_float16(static_cast<std::uint16_t>(half + step));
      if (std::isfinite(other)) {
        ASSERT_LE(gap, std::abs(other - value)) << value;
      }
    }
  }
}

TEST(Half, KernelsComputeInFloat32AndRoundOnce) {
  const auto a = halves(ElementType::Float16, {2048.0F, 1.0F, 60000.0F});
  const auto b = halves(ElementType::Float16, {1.0F, 0x1p-11F, 60000.0F});
  const Node mean{.name = "n", .op = "Mean", .inputs = {"a", "b"}, .outputs = {"y"}};
  const std::vector<const Tensor*> inputs{&a, &b};
  const auto outputs = interpreted(mean, 13, inputs);
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ(outputs->front().type, ElementType::Float16);
  EXPECT_THAT(floats_of(outputs->front()), ElementsAre(1024.0F, 0.5F, 60000.0F));
}

TEST(Half, MovedHalvesKeepTheirBits) {
  Tensor data = Tensor::zeros(ElementType::BFloat16, {2});
  data.bytes[1] = std::byte{0x7F};
  data.bytes[0] = std::byte{0x81};  // a signalling NaN
  const Node node{.name = "n", .op = "Transpose", .inputs = {"a"}, .outputs = {"y"}};
  const std::vector<const Tensor*> inputs{&data};
  EXPECT_EQ(interpreted(node, 13, inputs)->front(), data);
}

}  // namespace
}  // namespace quantrail
