// Products, quantization, recurrent cells, Resize, sampling and box selection by hand, and what they refuse.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "model/graph_builder.h"
#include "model/one_node.h"
#include "model/resize.h"

namespace quantrail::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::map<std::string, Attribute> equation(const std::string& text) { return {{"equation", text}}; }

TEST(InterpretMatrix, WithoutACommonAxisSumsAreZero) {
  EXPECT_THAT(floats_of(*computed("MatMul", {tensor<float>({2, 0}, {}), tensor<float>({0, 1}, {})})),
              ElementsAre(0, 0));
  EXPECT_EQ(computed("MatMul", {tensor<float>({0, 3}, {}), tensor<float>({3, 2}, {1, 2, 3, 4, 5, 6})})->shape,
            (Shape{0, 2}));
}

TEST(InterpretMatrix, ZeroTimesInfinityIsNoNumber) {
  const auto infinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(
      std::isnan(floats_of(*computed("MatMul", {tensor<float>({1, 1}, {0}), tensor<float>({1, 1}, {infinity})}))[0]));
}

TEST(InterpretMatrix, IntegersWrap) {
  const auto large = tensor<std::int32_t>({1, 2}, {1 << 30, 1 << 30});
  EXPECT_THAT(integers_of(*computed("MatMul", {large, tensor<std::int32_t>({2, 1}, {2, 1})})), ElementsAre(-(1 << 30)));
  EXPECT_THAT(refusal("Gemm", {large, tensor<std::int32_t>({2, 1}, {2, 1})}, {{"alpha", 0.5F}}),
              HasSubstr("alpha 0.5"));
}

TEST(InterpretMatrix, EquationsThatMakeNoSenseAreRefused) {
  const auto x = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(floats_of(*computed("Einsum", {x}, equation("ij->j"))), ElementsAre(5, 7, 9));
  EXPECT_THAT(refusal("Einsum", {x}, equation("ij,jk->ik")), HasSubstr("more terms"));
  EXPECT_THAT(refusal("Einsum", {x, x}, equation("ij->ij")), HasSubstr("fewer terms"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("ijk->i")), HasSubstr("names 3 axes"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("ij->k")), HasSubstr("label of no input"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("ij->ii")), HasSubstr("one label twice"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("ii->i")), HasSubstr("sizes 2 and 3"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("i.j->i")), HasSubstr("neither a letter"));
  EXPECT_THAT(refusal("Einsum", {x}, equation("......->")), HasSubstr("neither a letter"));
  EXPECT_NE(refusal("Einsum", {x}, equation("")), "");
}

TEST(InterpretQuantize, SixteenBitsBlocksAndSpecialValues) {
  const auto x = tensor<float>({6}, {-40000, 0.5F, 1.5F, kNaN, std::numeric_limits<float>::infinity(), 70000});
  const auto one = tensor<float>({}, {1});
  EXPECT_THAT(integers_of(*computed("QuantizeLinear", {x, one, tensor<std::int16_t>({}, {3})}, {}, 21)),
              ElementsAre(-32768, 3, 5, 3, 32767, 32767));
  const auto blocked = computed("DequantizeLinear",
                                {tensor<std::int8_t>({1, 3}, {10, 20, 30}), tensor<float>({1, 2}, {0.5F, 2}),
                                 tensor<std::int8_t>({1, 2}, {0, 10})},
                                {{"block_size", std::int64_t{2}}}, 21);
  EXPECT_THAT(floats_of(*blocked), ElementsAre(5, 10, 40));
}

TEST(InterpretQuantize, ScalesThatDoNotFitAndTypesOfOtherWidthsAreRefused) {
  const auto x = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto scales = tensor<float>({2}, {1, 2});
  EXPECT_THAT(refusal("QuantizeLinear", {x, scales}), HasSubstr("along axis 1 of [2,3]"));
  EXPECT_THAT(refusal("QuantizeLinear", {x, scales}, {{"axis", std::int64_t{5}}}), HasSubstr("axis 5 does not exist"));
  EXPECT_THAT(refusal("QuantizeLinear", {x, scales}, {{"block_size", std::int64_t{-1}}}, 21),
              HasSubstr("block_size is -1"));
  EXPECT_THAT(refusal("QuantizeLinear", {x, scales}, {{"block_size", std::int64_t{2}}}, 21),
              HasSubstr("its scales per block"));
  const auto typed = [&](std::int64_t type) {
    return refusal("QuantizeLinear", {x, tensor<float>({}, {1})}, {{"output_dtype", type}}, 21);
  };
  EXPECT_THAT(typed(17), HasSubstr("float8e4m3fn"));
  EXPECT_THAT(typed(22), HasSubstr("int4"));
  EXPECT_THAT(typed(7), HasSubstr("codes of type int64"));
}

TEST(InterpretQuantize, AnEmptyOrZeroTensorGetsTheScaleOne) {
  for (const auto& x : {tensor<float>({0}, {}), tensor<float>({2}, {0, 0})}) {
    const auto y = all_computed("DynamicQuantizeLinear", {x}, {}, 13, 3);
    EXPECT_THAT(floats_of((*y)[1]), ElementsAre(1));
    EXPECT_THAT(integers_of((*y)[2]), ElementsAre(0));
  }
}

/// X [2 steps, 1 sample, 1], W, R and B of one unit with all weights alike.
std::vector<Tensor> cell(std::int64_t gates, float weight) {
  return {tensor<float>({2, 1, 1}, {1, 2}),
          tensor<float>({1, gates, 1}, std::vector<float>(static_cast<std::size_t>(gates), weight)),
          tensor<float>({1, gates, 1}, std::vector<float>(static_cast<std::size_t>(gates), weight))};
}

TEST(InterpretRecurrent, TwoStepsByHand) {
  const float h1 = std::tanh(0.5F);
  EXPECT_THAT(floats_of(*computed("RNN", cell(1, 0.5F))),
              ElementsAre(FloatNear(h1, 1e-6F), FloatNear(std::tanh(1 + 0.5F * h1), 1e-6F)));
  const auto sigmoid = [](float x) { return 1 / (1 + std::exp(-x)); };
  const float gru = (1 - sigmoid(0.5F)) * std::tanh(0.5F);
  EXPECT_NEAR(floats_of(*computed("GRU", cell(3, 0.5F)))[0], gru, 1e-6F);
  const float c = sigmoid(0.5F) * std::tanh(0.5F);
  EXPECT_NEAR(floats_of(*computed("LSTM", cell(4, 0.5F)))[0], sigmoid(0.5F) * std::tanh(c), 1e-6F);
}

TEST(InterpretRecurrent, AnEmptySequenceKeepsItsInitialState) {
  auto inputs = cell(1, 0.5F);
  inputs.push_back(left_out());
  inputs.push_back(tensor<std::int32_t>({1}, {0}));
  inputs.push_back(tensor<float>({1, 1, 1}, {0.25F}));
  const auto y = all_computed("RNN", inputs, {}, 13, 2);
  EXPECT_THAT(floats_of((*y)[0]), Each(0));
  EXPECT_THAT(floats_of((*y)[1]), ElementsAre(0.25F));
  inputs[4] = tensor<std::int32_t>({1}, {3});
  EXPECT_THAT(refusal("RNN", inputs), HasSubstr("a sequence of 3 in 2 steps"));
}

TEST(InterpretRecurrent, WhatDoesNotFitIsRefusedByName) {
  const auto lstm = [](std::map<std::string, Attribute> attributes) {
    return refusal("LSTM", cell(4, 0.5F), attributes);
  };
  EXPECT_THAT(lstm({{"direction", std::string("up")}}), HasSubstr("direction 'up'"));
  EXPECT_THAT(lstm({{"hidden_size", std::int64_t{7}}}), HasSubstr("hidden_size"));
  EXPECT_THAT(lstm({{"clip", -1.0F}}), HasSubstr("clip is -1"));
  EXPECT_THAT(lstm({{"layout", std::int64_t{2}}}), HasSubstr("layout is 2"));
  EXPECT_THAT(lstm({{"activations", std::vector<std::string>{"Tanh"}}}), HasSubstr("1 activations where 3"));
  EXPECT_THAT(lstm({{"activations", std::vector<std::string>{"Tanh", "Tanh", "Sine"}}}), HasSubstr("'sine'"));
  EXPECT_THAT(lstm({{"direction", std::string("bidirectional")}}),
              HasSubstr("W (input 1) has shape [1,4,1] instead of [2,4,1]"));
}

TEST(InterpretResize, WeightsOfAnyModeSumUpToOne) {
  using Coordinates = ResizeMode::Coordinates;
  for (const auto coordinates : {Coordinates::HalfPixel, Coordinates::HalfPixelSymmetric, Coordinates::PytorchHalfPixel,
                                 Coordinates::AlignCorners, Coordinates::Asymmetric}) {
    for (int options = 0; options < 8; ++options) {
      ResizeMode mode{
          .coordinates = coordinates, .antialias = (options & 1) != 0, .exclude_outside = (options & 2) != 0};
      mode.filter = (options & 4) != 0 ? ResizeMode::Filter::Cubic : ResizeMode::Filter::Linear;
      for (const float scale : {0.3F, 0.99F, 1.0F, 2.7F}) {
        const ResizedAxis axis{0, 7, static_cast<std::int64_t>(7 * scale), scale};
        for (const auto& taps : resize_taps(mode, axis, {})) {
          double total = 0.0;
          for (const auto& [index, weight] : taps.taps) {
            ASSERT_TRUE(index >= 0 && index < 7);
            total += weight;
          }
          EXPECT_NEAR(total, 1.0, 1e-9);
        }
      }
    }
  }
}

TEST(InterpretResize, NothingBetweenIsLargerThanTheInputOrTheResult) {
  constexpr std::int64_t kSize = std::int64_t{1} << 20U;
  const auto x = tensor<float>({1, kSize}, std::vector<float>(kSize, 2.0F));
  const auto y = computed("Resize", {x, left_out(), left_out(), tensor<std::int64_t>({2}, {kSize, 1})},
                          {{"mode", std::string("linear")}});
  EXPECT_EQ(y->shape, (Shape{kSize, 1}));
  EXPECT_THAT(floats_of(*y), Each(2.0F));
}

TEST(InterpretResize, WhatDoesNotFitIsRefusedByName) {
  const auto x = tensor<float>({1, 4}, {1, 2, 3, 4});
  const auto resize = [&](const Tensor& scales, const Tensor& sizes, std::map<std::string, Attribute> attributes = {}) {
    return refusal("Resize", {x, left_out(), scales, sizes}, std::move(attributes));
  };
  EXPECT_THAT(resize(left_out(), left_out()), HasSubstr("neither scales nor sizes"));
  EXPECT_THAT(resize(tensor<float>({2}, {1, 0}), left_out()), HasSubstr("scale 0 of axis 1"));
  EXPECT_THAT(resize(tensor<float>({2}, {1, kNaN}), left_out()), HasSubstr("scale nan"));
  EXPECT_THAT(resize(tensor<float>({2}, {1, 1e30F}), left_out()), HasSubstr("of axis 1"));
  EXPECT_THAT(resize(left_out(), tensor<std::int64_t>({2}, {1, -1})), HasSubstr("size -1 of axis 1"));
  EXPECT_THAT(resize(left_out(), tensor<std::int64_t>({1}, {1})), HasSubstr("1 sizes for 2 axes"));
  const auto twice = tensor<float>({2}, {1, 2});
  EXPECT_THAT(resize(twice, left_out(), {{"axes", Ints{0, 0}}}), HasSubstr("axis 0 is named twice"));
  EXPECT_THAT(resize(twice, left_out(), {{"axes", Ints{0, 9}}}), HasSubstr("axis 9 does not exist"));
  EXPECT_THAT(resize(twice, left_out(), {{"mode", std::string("quintic")}}), HasSubstr("mode 'quintic'"));
  EXPECT_THAT(resize(twice, left_out(), {{"coordinate_transformation_mode", std::string("tf_crop_and_resize")}}),
              HasSubstr("region of interest of 4 floats"));
}

TEST(InterpretDetection, NaNScoresAreNeverSelectedAndTiesTakeTheFirst) {
  const auto boxes = tensor<float>({1, 4, 4}, {0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 5, 5, 6, 6});
  const auto scores = tensor<float>({1, 1, 4}, {0.5F, 0.5F, 0.9F, kNaN});
  const auto y =
      computed("NonMaxSuppression", {boxes, scores, tensor<std::int64_t>({1}, {9}), tensor<float>({1}, {0.5F})});
  EXPECT_THAT(integers_of(*y), ElementsAre(0, 0, 2, 0, 0, 0));
}

TEST(InterpretDetection, RegionsWithoutNumbersAreRefused) {
  const auto image = tensor<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const auto first = tensor<std::int64_t>({1}, {0});
  const auto align = [&](const std::vector<float>& region, std::int64_t batch) {
    return refusal("RoiAlign", {image, tensor<float>({1, 4}, region), tensor<std::int64_t>({1}, {batch})});
  };
  EXPECT_EQ(align({0, 0, 1, 1}, 0), "");
  EXPECT_THAT(align({0, 0, 1, 1}, 1), HasSubstr("batch index 1 of 1 samples"));
  EXPECT_THAT(align({0, 0, kNaN, 1}, 0), HasSubstr("too many samples"));
  EXPECT_THAT(align({0, 0, 1e30F, 1}, 0), HasSubstr("too many samples"));
  EXPECT_THAT(refusal("MaxRoiPool", {image, tensor<float>({1, 5}, {0, 0, 0, kNaN, 1})}, {{"pooled_shape", Ints{1, 1}}}),
              HasSubstr("not finite"));
}

TEST(InterpretSampling, PointsThatAreNoNumbersReadTheBorderOrZero) {
  const auto image = tensor<float>({1, 1, 1, 2}, {1, 2});
  const auto grid = tensor<float>({1, 1, 2, 2}, {kNaN, 0, 1e38F, 0});
  EXPECT_THAT(floats_of(*computed("GridSample", {image, grid})), ElementsAre(0, 0));
  EXPECT_THAT(floats_of(*computed("GridSample", {image, grid}, {{"padding_mode", std::string("border")}})),
              ElementsAre(1, 2));
}

/// One element of the window, moved by half a row down, and by a column to the right.
TEST(DeformConv, ReadsBetweenElementsAndZerosOutside) {
  const auto x = tensor<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const auto w = tensor<float>({1, 1, 1, 1}, {10});
  const auto down = tensor<float>({1, 2, 2, 2}, {0.5F, 0.5F, 0.5F, 0.5F, 0, 0, 0, 0});
  const auto right = tensor<float>({1, 2, 2, 2}, {0, 0, 0, 0, 1, 1, 1, 1});
  const auto bias = tensor<float>({1}, {1});
  const auto mask = tensor<float>({1, 1, 2, 2}, {1, 0, 2, 1});
  EXPECT_EQ(computed("DeformConv", {x, w, down}).value(), tensor<float>({1, 1, 2, 2}, {20, 30, 15, 20}));
  EXPECT_EQ(computed("DeformConv", {x, w, right, bias, mask}).value(), tensor<float>({1, 1, 2, 2}, {21, 1, 81, 1}));
  const auto nowhere = tensor<float>({1, 2, 2, 2}, std::vector<float>(8, std::numeric_limits<float>::quiet_NaN()));
  EXPECT_EQ(computed("DeformConv", {x, w, nowhere}).value(), tensor<float>({1, 1, 2, 2}, {0, 0, 0, 0}));
}

TEST(DeformConv, RefusesWhatDoesNotFit) {
  const auto x = tensor<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  const auto w = tensor<float>({1, 1, 1, 1}, {10});
  const auto single = tensor<float>({1, 1, 2, 2}, {0, 0, 0, 0});
  EXPECT_THAT(refusal("DeformConv", {x, w, single}), ::testing::HasSubstr("its offset"));
  EXPECT_THAT(refusal("DeformConv", {x, w, single}, {{"offset_group", std::int64_t{2}}}),
              ::testing::HasSubstr("1 channels are not divided by an offset_group of 2"));
  const auto line = tensor<float>({1, 1, 2}, {1, 2});
  EXPECT_THAT(refusal("DeformConv", {line, tensor<float>({1, 1, 1}, {1}), line}),
              ::testing::HasSubstr("1 spatial axes are not supported, 2 are"));
}

}  // namespace
}  // namespace quantrail::testing
