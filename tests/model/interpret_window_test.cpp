// Convolutions and pools by hand, and what they refuse; ONNX's and ONNX Runtime's cases are in tests/conformance.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "model/graph_builder.h"
#include "model/one_node.h"

namespace quantrail::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t kHuge = std::int64_t{1} << 42U;
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

const Tensor kLine = tensor<float>({1, 1, 5}, {1, 2, 3, 4, 5});
const Tensor kKernel = tensor<float>({1, 1, 3}, {1, 10, 100});

TEST(InterpretConv, SlidesAlongALine) {
  EXPECT_THAT(floats_of(*computed("Conv", {kLine, kKernel})), ElementsAre(321, 432, 543));
  EXPECT_THAT(floats_of(*computed("Conv", {kLine, kKernel}, {{"pads", Ints{1, 2}}, {"strides", Ints{2}}})),
              ElementsAre(210, 432, 54));
  EXPECT_THAT(floats_of(*computed("Conv", {kLine, kKernel, tensor<float>({1}, {0.5F})}, {{"dilations", Ints{2}}})),
              ElementsAre(531.5F));
}

TEST(InterpretConv, GroupsSeeTheirOwnChannels) {
  const auto x = tensor<float>({1, 4, 1}, {1, 2, 3, 4});
  const auto w = tensor<float>({2, 2, 1}, {1, 10, 100, 1000});
  EXPECT_THAT(floats_of(*computed("Conv", {x, w}, {{"group", std::int64_t{2}}})), ElementsAre(21, 4300));
}

TEST(InterpretConv, TransposedSpreadsEachElement) {
  const auto x = tensor<float>({1, 1, 2}, {1, 2});
  EXPECT_THAT(floats_of(*computed("ConvTranspose", {x, kKernel}, {{"strides", Ints{2}}})),
              ElementsAre(1, 10, 102, 20, 200));
  EXPECT_THAT(floats_of(*computed("ConvTranspose", {x, kKernel}, {{"strides", Ints{2}}, {"pads", Ints{1, 0}}})),
              ElementsAre(10, 102, 20, 200));
  // More than anything reaches: the bias alone.
  EXPECT_THAT(floats_of(*computed("ConvTranspose", {x, kKernel, tensor<float>({1}, {7})},
                                  {{"strides", Ints{2}}, {"output_shape", Ints{7}}})),
              ElementsAre(8, 17, 109, 27, 207, 7, 7));
}

TEST(InterpretConv, EmptyBatchesAndChannelsGiveEmptyResultsAndBiases) {
  EXPECT_EQ(computed("Conv", {tensor<float>({0, 1, 5}, {}), kKernel})->shape, (Shape{0, 1, 3}));
  const auto none = tensor<float>({1, 0, 3}, {});
  EXPECT_THAT(floats_of(*computed("Conv", {none, tensor<float>({2, 0, 3}, {}), tensor<float>({2}, {5, 6})})),
              ElementsAre(5, 6));
}

TEST(InterpretConv, IntegerSumsWrapAsInt32DoesAndZeroPointsAreTakenAway) {
  const auto x = tensor<std::uint8_t>({1, 1, 3}, {255, 0, 128});
  const auto w = tensor<std::int8_t>({1, 1, 2}, {-128, 127});
  EXPECT_THAT(integers_of(*computed("ConvInteger", {x, w, tensor<std::uint8_t>({}, {128})})),
              ElementsAre(127 * -128 - 128 * 127, -128 * -128));
  EXPECT_THAT(integers_of(*computed("ConvInteger", {x, w})), ElementsAre(255 * -128, 128 * 127));
}

TEST(InterpretConv, QuantizedResultsRoundHalfToEvenAndSaturate) {
  const auto scalar = [](float value) { return tensor<float>({}, {value}); };
  const auto zero = tensor<std::uint8_t>({}, {0});
  const auto x = tensor<std::uint8_t>({1, 1, 5}, {1, 3, 5, 200, 0});
  const auto y = computed("QLinearConv", {x, scalar(1), zero, tensor<std::uint8_t>({1, 1, 1}, {1}), scalar(0.5F), zero,
                                          scalar(1), tensor<std::uint8_t>({}, {200})});
  EXPECT_THAT(integers_of(*y), ElementsAre(200, 202, 202, 255, 200));
}

TEST(InterpretConv, WhatDoesNotFitIsRefusedByName) {
  const auto conv = [](std::map<std::string, Attribute> attributes) {
    return refusal("Conv", {kLine, kKernel}, attributes);
  };
  EXPECT_THAT(conv({{"strides", Ints{-1}}}),
              AllOf(HasSubstr("node 'n' (Conv, opset 13)"), HasSubstr("strides holds -1")));
  EXPECT_THAT(conv({{"strides", Ints{0}}}), HasSubstr("strides holds 0"));
  EXPECT_THAT(conv({{"strides", Ints{1, 1}}}), HasSubstr("strides has 2 entries where 1 are needed"));
  EXPECT_THAT(conv({{"dilations", Ints{kHuge}}}), HasSubstr("dilations holds"));
  EXPECT_THAT(conv({{"dilations", Ints{1000}}}), HasSubstr("does not fit into 5 elements"));
  EXPECT_THAT(conv({{"pads", Ints{kMost, kMost}}}), HasSubstr("pads holds"));
  EXPECT_THAT(conv({{"group", std::int64_t{2}}}), HasSubstr("in 2 groups"));
  EXPECT_THAT(conv({{"group", std::int64_t{0}}}), HasSubstr("in 0 groups"));
  EXPECT_THAT(conv({{"auto_pad", std::string("SOME")}}), HasSubstr("auto_pad 'SOME'"));
  EXPECT_THAT(conv({{"kernel_shape", Ints{2}}}), HasSubstr("kernel_shape does not fit"));
  EXPECT_THAT(refusal("Conv", {kLine, tensor<double>({1, 1, 1}, {1})}),
              HasSubstr("float64 where input 0 is of float32"));
  EXPECT_THAT(refusal("Conv", {tensor<float>({0, 1, kMost}, {}), kKernel}), HasSubstr("too large"));
  EXPECT_THAT(refusal("ConvTranspose", {kLine, kKernel}, {{"pads", Ints{9, 9}}}), HasSubstr("impossible shape"));
  EXPECT_THAT(refusal("ConvTranspose", {kLine, kKernel}, {{"output_padding", Ints{-1}}}),
              HasSubstr("output_padding holds"));
}

TEST(InterpretPool, MaximaAndTheirPlacesInEitherOrder) {
  const auto x = tensor<float>({1, 1, 2, 3}, {1, 5, 2, 4, 3, 6});
  for (const std::int64_t order : {0, 1}) {
    const auto y = all_computed("MaxPool", {x}, {{"kernel_shape", Ints{2, 2}}, {"storage_order", order}}, 13, 2);
    EXPECT_THAT(floats_of((*y)[0]), ElementsAre(5, 6));
    EXPECT_THAT(integers_of((*y)[1]), ElementsAre(order == 0 ? 1 : 2, 5));
  }
}

TEST(InterpretPool, NaNWinsAndEqualMaximaTakeTheFirst) {
  const auto x = tensor<float>({1, 1, 4}, {std::nanf(""), 3, 3, 1});
  const auto y = all_computed("MaxPool", {x}, {{"kernel_shape", Ints{2}}, {"strides", Ints{1}}}, 13, 2);
  EXPECT_TRUE(std::isnan(floats_of((*y)[0])[0]));
  EXPECT_THAT(integers_of((*y)[1]), ElementsAre(0, 1, 2));
  const auto lowest = -std::numeric_limits<float>::infinity();
  EXPECT_THAT(floats_of(*computed("GlobalMaxPool", {tensor<float>({1, 1, 2}, {lowest, lowest})})), ElementsAre(lowest));
}

TEST(InterpretPool, MeansCountPaddingOnlyWhenAskedAndNeverBeyondIt) {
  const std::map<std::string, Attribute> window{
      {"kernel_shape", Ints{3}}, {"strides", Ints{3}}, {"pads", Ints{1, 0}}, {"ceil_mode", std::int64_t{1}}};
  auto counting = window;
  counting["count_include_pad"] = std::int64_t{1};
  EXPECT_THAT(floats_of(*computed("AveragePool", {kLine}, window)), ElementsAre(1.5F, 4));
  EXPECT_THAT(floats_of(*computed("AveragePool", {kLine}, counting)), ElementsAre(1, 4));
}

TEST(InterpretPool, WindowsBesideTheInputHaveDefinedResults) {
  // Dilation leaves both positions of the first window in the padding.
  const std::map<std::string, Attribute> window{
      {"kernel_shape", Ints{2}}, {"dilations", Ints{6}}, {"pads", Ints{1, 1}}};
  EXPECT_THAT(floats_of(*computed("AveragePool", {kLine}, window)), ElementsAre(0));
  EXPECT_THAT(floats_of(*computed("MaxPool", {kLine}, window)), ElementsAre(-std::numeric_limits<float>::infinity()));
}

TEST(InterpretPool, WindowsMuchLargerThanTheInputCostNoMoreThanIt) {
  constexpr std::int64_t kSize = std::int64_t{1} << 20U;
  const auto x = tensor<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const auto y = computed("MaxPool", {x},
                          {{"kernel_shape", Ints{kSize, kSize}},
                           {"pads", Ints{kSize - 1, kSize - 1, kSize - 1, kSize - 1}},
                           {"strides", Ints{kSize, kSize}}});
  EXPECT_THAT(floats_of(*y), ElementsAre(1, 2, 3, 4));
}

TEST(InterpretPool, WhatDoesNotFitIsRefusedByName) {
  EXPECT_THAT(refusal("MaxPool", {kLine}), HasSubstr("kernel_shape holds 0"));
  EXPECT_THAT(refusal("MaxPool", {kLine}, {{"kernel_shape", Ints{2}}, {"pads", Ints{2, 0}}}), HasSubstr("pads of 2"));
  EXPECT_THAT(refusal("MaxPool", {kLine}, {{"kernel_shape", Ints{6}}}), HasSubstr("a window of 6"));
  EXPECT_THAT(refusal("LpPool", {kLine}, {{"kernel_shape", Ints{2}}, {"p", std::int64_t{0}}}), HasSubstr("p is 0"));
  EXPECT_THAT(refusal("AveragePool", {tensor<std::int32_t>({1, 1, 2}, {1, 2})}, {{"kernel_shape", Ints{2}}}),
              HasSubstr("must be floats"));
  EXPECT_THAT(refusal("GlobalAveragePool", {tensor<float>({1, 2, 0}, {})}), HasSubstr("no elements"));
  EXPECT_THAT(refusal("MaxUnpool", {tensor<float>({1, 1, 1}, {1}), tensor<std::int64_t>({1, 1, 1}, {kHuge})},
                      {{"kernel_shape", Ints{2}}}),
              HasSubstr("into 2 elements"));
}

}  // namespace
}  // namespace quantrail::testing
