#include "quantize/bias_correction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/small_network.h"
#include "quantize/ranges.h"

namespace quantrail {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using testing::SmallNetwork;

std::span<const float> weights_of(const SmallNetwork& net, const std::string& layer) {
  return net.graph().constants.find(layer + ".weight")->second->values<float>();
}

void set(SmallNetwork& net, const std::string& name, Shape shape, const std::vector<float>& values) {
  net.keep(name, Tensor::of<float>(std::move(shape), std::span<const float>(values)));
}

TEST(MeanResponse, OfAPointwiseConvolutionIsAMatrixProduct) {
  SmallNetwork net({1, 2, 4, 4});
  net.output(net.conv("c", "x", {.channels = 2, .kernel = 1, .bias = false}));
  set(net, "c.weight", {2, 2, 1, 1}, {1.0F, 2.0F, 3.0F, 4.0F});
  const std::vector<double> input{10.0, 100.0};
  EXPECT_THAT(mean_response(net.graph(), net.types(), net.graph().nodes[0], weights_of(net, "c"), input),
              ElementsAre(210.0, 430.0));
}

TEST(MeanResponse, CountsKernelPositionsOnlyWhereTheyLieInsideTheInput) {
  SmallNetwork net({1, 1, 4, 4});
  net.output(net.conv("c", "x", {.channels = 1, .kernel = 3, .bias = false}));
  set(net, "c.weight", {1, 1, 3, 3}, std::vector<float>(9, 1.0F));
  // Of 4 outputs, the outer kernel rows and columns miss one each: (3/4 + 1 + 3/4)^2 positions on average.
  const auto response =
      mean_response(net.graph(), net.types(), net.graph().nodes[0], weights_of(net, "c"), std::vector{2.0});
  EXPECT_THAT(response, ElementsAre(DoubleNear(2.0 * 2.5 * 2.5, 1e-12)));
}

TEST(MeanResponse, FollowsStridesAndSamePadding) {
  SmallNetwork net({1, 1, 8, 8});
  net.output(net.conv("c", "x", {.channels = 1, .kernel = 3, .stride = 2, .bias = false}));
  set(net, "c.weight", {1, 1, 3, 3}, {1, 0, 0, 0, 0, 0, 0, 0, 0});  // the first row and column alone
  auto& node = net.graph().nodes[0];
  const auto response = [&] {
    return mean_response(net.graph(), net.types(), node, weights_of(net, "c"), std::vector{1.0})[0];
  };
  EXPECT_DOUBLE_EQ(response(), 0.75 * 0.75) << "the first of four windows begins in the padding";
  node.attributes.erase("pads");
  node.attributes["auto_pad"] = std::string("SAME_LOWER");
  EXPECT_DOUBLE_EQ(response(), 0.75 * 0.75);
  node.attributes["auto_pad"] = std::string("SAME_UPPER");
  EXPECT_DOUBLE_EQ(response(), 1.0) << "all padding lies behind";
}

TEST(MeanResponse, KeepsGroupsApart) {
  SmallNetwork net({1, 3, 2, 2});
  net.output(net.conv("c", "x", {.channels = 3, .kernel = 1, .group = 3, .bias = false}));
  set(net, "c.weight", {3, 1, 1, 1}, {1.0F, 2.0F, 3.0F});
  EXPECT_THAT(mean_response(net.graph(), net.types(), net.graph().nodes[0], weights_of(net, "c"),
                            std::vector{1.0, 10.0, 100.0}),
              ElementsAre(1.0, 20.0, 300.0));
}

TEST(MeanResponse, OfAGemmDoesNotDependOnHowItsWeightsLie) {
  for (const bool transposed : {false, true}) {
    SmallNetwork net({1, 2});
    net.output(net.gemm("fc", "x", 3, transposed));
    set(net, "fc.weight", transposed ? Shape{3, 2} : Shape{2, 3},
        transposed ? std::vector<float>{1, 4, 2, 5, 3, 6} : std::vector<float>{1, 2, 3, 4, 5, 6});
    EXPECT_THAT(
        mean_response(net.graph(), net.types(), net.graph().nodes[0], weights_of(net, "fc"), std::vector{1.0, 10.0}),
        ElementsAre(41.0, 52.0, 63.0));
  }
}

struct Pointwise {
  SmallNetwork net{{1, 2, 4, 4}};
  explicit Pointwise(bool bias) {
    net.output(net.conv("c", "x", {.channels = 1, .kernel = 1, .bias = bias}));
    set(net, "c.weight", {1, 2, 1, 1}, {0.26F, 1.0F});
    if (bias) set(net, "c.bias", {1}, {0.5F});
  }
  [[nodiscard]] std::optional<std::vector<float>> corrected(float scale, double threshold) const {
    return corrected_bias(net.graph(), net.types(), net.graph().nodes[0], {0, {scale}}, std::vector{10.0, 1.0},
                          threshold);
  }
};

TEST(CorrectedBias, MakesUpForTheMeanErrorOfRoundedWeights) {
  // At step 0.1, 0.26 becomes 0.3: 10 * 0.04 too much.
  const auto bias = Pointwise(true).corrected(0.1F, 2.0);
  ASSERT_TRUE(bias.has_value());
  EXPECT_NEAR((*bias)[0], 0.5 - 0.4, 1e-6);
}

TEST(CorrectedBias, GivesALayerWithoutBiasOne) {
  const auto bias = Pointwise(false).corrected(0.1F, 2.0);
  ASSERT_TRUE(bias.has_value());
  EXPECT_NEAR((*bias)[0], -0.4, 1e-6);
}

TEST(CorrectedBias, IsLeftOutWhereTheChangeIsNotSmall) {
  EXPECT_FALSE(Pointwise(true).corrected(0.1F, 0.05).has_value());
  EXPECT_FALSE(Pointwise(true).corrected(0.1F, 0.0).has_value());
}

TEST(CorrectedBias, OfAllZeroWeightsIsLeftOut) {
  Pointwise layer(false);
  set(layer.net, "c.weight", {1, 2, 1, 1}, {0.0F, 0.0F});
  EXPECT_FALSE(layer.corrected(0.1F, 2.0).has_value()) << "there is nothing to correct";
}

}  // namespace
}  // namespace quantrail
