#include "quantize/spoilt_layers.h"

#include <gmock/gmock.h>

#include "export/small_network.h"
#include "quantize/constant_data.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::SmallNetwork;
using testing_quantize::Constant;

/// A 1 x 1 convolution of two channels of one pixel, whose weights are codes as they stand.
SmallNetwork pointwise(const std::vector<float>& weights, int groups = 1) {
  SmallNetwork net({1, 2, 1, 1});
  net.output(net.conv("c", "x", {.channels = 2, .kernel = 1, .group = groups}));
  net.keep("c.weight", Tensor::of<float>({2, groups == 1 ? 2 : 1, 1, 1}, weights));
  net.keep("c.bias", Tensor::of<float>({2}, std::vector{0.0F, 0.0F}));
  return net;
}

Quantization with_step(float step) {
  Quantization q;
  q.activations = {{"x", {step, 0}}};
  q.layers["c"].weights = WeightParams{.axis = 0, .scale = {1.0F, 1.0F}};
  q.groups = {{"c", {"c"}}};
  return q;
}

std::set<std::string, std::less<>> found(const SmallNetwork& net, const Quantization& q, const Dataset& data) {
  const auto names = spoilt_layers(net.graph(), q, data, std::vector<std::size_t>{0, 1}, {});
  EXPECT_TRUE(names) << names.error().message;
  return names.value_or(std::set<std::string, std::less<>>{});
}

TEST(SpoiltLayers, LoseMoreThanATenThousandthOfTheirEnergy) {
  // The first result is 127 (a0 + a1) and loses what is beyond 32767; the second nothing.
  const auto net = pointwise({127.0F, 127.0F, 1.0F, -127.0F});
  // 262 * 127 - 32767 = 507: .0152 of 33274, squared .00023; the second result, 33012 in magnitude, halves that.
  EXPECT_THAT(found(net, with_step(1.0F), Constant({2, 1, 1}, {1.0F, 255.0F})), IsEmpty()) << "256 * 127 fits";
  EXPECT_THAT(found(net, with_step(1.0F), Constant({2, 1, 1}, {7.0F, 255.0F})), ElementsAre("c"));
  EXPECT_THAT(found(net, with_step(1.0F), Constant({2, 1, 1}, {5.0F, 255.0F})), IsEmpty()) << ".00003 of the energy";
}

TEST(SpoiltLayers, AreSeenInTheUnitsOfTheResults) {
  const auto net = pointwise({127.0F, 127.0F, 1.0F, -127.0F});
  EXPECT_THAT(found(net, with_step(0.01F), Constant({2, 1, 1}, {0.07F, 2.55F})), ElementsAre("c"));
  EXPECT_THAT(found(net, with_step(0.01F), Constant({2, 1, 1}, {0.05F, 2.55F})), IsEmpty());
}

TEST(SpoiltLayers, LoseMoreThanHalvingTheirCodesWould) {
  // A quarter of a step is lost of each of four weights near 127: .25^2 / 127^2 = 3.9e-6 of their energy.
  auto net = pointwise({127.25F, 127.25F, 127.25F, -127.25F});
  EXPECT_THAT(found(net, with_step(1.0F), Constant({2, 1, 1}, {9.0F, 255.0F})), ElementsAre("c"));
  // Now 8 of 127, .004, and halving would cost thrice that; the same sums lose .0002.
  net.keep("c.weight", Tensor::of<float>({2, 2, 1, 1}, std::vector{135.0F, 135.0F, 119.0F, -135.0F}));
  EXPECT_THAT(found(net, with_step(1.0F), Constant({2, 1, 1}, {9.0F, 255.0F})), IsEmpty());
}

TEST(SpoiltLayers, AreNoneWhereWeightsKeepToHalfTheCodes) {
  EXPECT_THAT(found(pointwise({64.0F, 64.0F, -64.0F, -64.0F}), with_step(1.0F), Constant({2, 1, 1}, {255.0F, 255.0F})),
              IsEmpty());
}

TEST(SpoiltLayers, AreNotDepthwise) {
  EXPECT_THAT(found(pointwise({127.0F, 127.0F}, 2), with_step(1.0F), Constant({2, 1, 1}, {255.0F, 255.0F})), IsEmpty());
}

}  // namespace
}  // namespace quantrail
