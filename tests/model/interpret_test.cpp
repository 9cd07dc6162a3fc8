// What ONNX's node tests leave out; the rest is in conformance_test.cpp.
#include "model/interpret.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "model/graph_builder.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::tensor;

Result<Tensor> computed(const std::string& op, const std::vector<Tensor>& inputs,
                        std::map<std::string, Attribute> attributes = {}, std::int64_t opset = 13) {
  Node node{.name = "n", .op = op, .outputs = {"y"}, .attributes = std::move(attributes)};
  std::vector<const Tensor*> pointers;
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    node.inputs.push_back("i" + std::to_string(at));
    pointers.push_back(&inputs[at]);
  }
  auto outputs = interpreted(node, opset, pointers);
  if (!outputs) return failed(outputs);
  return std::move(outputs->front());
}

TEST(Interpret, IntegersWrapAndDoNotTrap) {
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  const auto lowest = tensor<std::int64_t>({1}, {kLowest});
  const auto minus_one = tensor<std::int64_t>({1}, {-1});
  EXPECT_THAT(integers_of(*computed("Div", {lowest, minus_one})), ElementsAre(kLowest));
  EXPECT_THAT(integers_of(*computed("Mod", {lowest, minus_one})), ElementsAre(0));
  EXPECT_THAT(integers_of(*computed("Neg", {lowest})), ElementsAre(kLowest));
  EXPECT_THAT(integers_of(*computed("Mul", {lowest, lowest})), ElementsAre(0));
  EXPECT_THAT(computed("Div", {lowest, tensor<std::int64_t>({1}, {0})}).error().message,
              HasSubstr("node 'n' (Div, opset 13): integer division by zero"));
}

TEST(Interpret, CastsSaturate) {
  const auto x = tensor<float>({4}, {1e30F, -1e30F, std::nanf(""), -1.9F});
  EXPECT_THAT(integers_of(*computed("Cast", {x}, {{"to", std::int64_t{6}}})),
              ElementsAre(std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min(), 0, -1));
}

TEST(Interpret, QuantizesByDivisionWithTiesToEven) {
  const auto x = tensor<float>({6}, {0.5F, 1.5F, 2.5F, -0.5F, 300.0F, -300.0F});
  const auto codes = computed("QuantizeLinear", {x, tensor<float>({}, {1.0F}), tensor<std::uint8_t>({}, {10})});
  EXPECT_THAT(integers_of(*codes), ElementsAre(10, 12, 12, 10, 255, 0));
}

TEST(Interpret, IndicesOutOfRangeAreRefused) {
  const auto data = tensor<float>({2}, {1, 2});
  EXPECT_THAT(floats_of(*computed("Gather", {data, tensor<std::int64_t>({1}, {-1})})), ElementsAre(2));
  EXPECT_THAT(computed("Gather", {data, tensor<std::int64_t>({1}, {2})}).error().message,
              HasSubstr("index 2 into an axis of 2"));
  EXPECT_FALSE(computed("Gather", {data, tensor<std::int64_t>({1}, {-3})}));
}

TEST(Interpret, EmptyTensorsGiveEmptyTensors) {
  const auto none = tensor<float>({0, 3}, {});
  EXPECT_EQ(computed("Relu", {none})->shape, (Shape{0, 3}));
  EXPECT_EQ(computed("Softmax", {none})->shape, (Shape{0, 3}));
  EXPECT_EQ(computed("Add", {none, tensor<float>({3}, {1, 2, 3})})->shape, (Shape{0, 3}));
  EXPECT_EQ(computed("Transpose", {none})->shape, (Shape{3, 0}));
  EXPECT_THAT(
      floats_of(*computed("ReduceSum", {none, tensor<std::int64_t>({1}, {0})}, {{"keepdims", std::int64_t{0}}})),
      ElementsAre(0, 0, 0));
  EXPECT_FALSE(computed("ArgMax", {none}));
}

TEST(Interpret, SliceBoundsBeyondTheAxisAreCut) {
  const auto x = tensor<float>({4}, {0, 1, 2, 3});
  const auto list = [](std::int64_t value) { return tensor<std::int64_t>({1}, {value}); };
  constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
  constexpr auto kBack = std::numeric_limits<std::int64_t>::min();
  EXPECT_THAT(floats_of(*computed("Slice", {x, list(1), list(kFar)})), ElementsAre(1, 2, 3));
  EXPECT_THAT(floats_of(*computed("Slice", {x, list(kFar), list(kBack), list(0), list(-1)})), ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(floats_of(*computed("Slice", {x, list(0), list(kFar), list(0), list(kFar)})), ElementsAre(0));
  EXPECT_THAT(floats_of(*computed("Slice", {x, list(3), list(kBack), list(0), list(kBack)})), ElementsAre(3));
  EXPECT_EQ(computed("Slice", {x, list(3), list(1)})->shape, (Shape{0}));
  EXPECT_FALSE(computed("Slice", {x, list(0), list(2), list(0), list(0)}));
}

TEST(Interpret, NaNPassesThroughMinAndMax) {
  const auto nan = tensor<float>({1}, {std::nanf("")});
  const auto one = tensor<float>({1}, {1});
  EXPECT_TRUE(std::isnan(floats_of(*computed("Max", {nan, one}))[0]));
  EXPECT_TRUE(std::isnan(floats_of(*computed("Max", {one, nan}))[0]));
  EXPECT_TRUE(std::isnan(floats_of(*computed("Relu", {nan}))[0]));
}

TEST(Interpret, GeluFollowsItsTwoDefinitions) {
  const auto x = tensor<float>({2}, {1.0F, -2.0F});
  const auto exact = floats_of(*computed("Gelu", {x}, {}, 20));
  EXPECT_NEAR(exact[0], 0.8413447F, 1e-6F);
  EXPECT_NEAR(exact[1], -0.0455003F, 1e-6F);
  const auto fast = floats_of(*computed("Gelu", {x}, {{"approximate", std::string("tanh")}}, 20));
  EXPECT_NEAR(fast[0], 0.8411920F, 1e-6F);
}

TEST(Interpret, ReducesIntegersWithinTheirType) {
  const auto none = tensor<std::int64_t>({2, 0}, {});
  EXPECT_THAT(integers_of(*computed("ReduceMean", {none}, {{"axes", std::vector<std::int64_t>{1}}})),
              ElementsAre(0, 0));
  const auto x = tensor<std::int64_t>({2, 1}, {0, -4});
  EXPECT_THAT(integers_of(*computed("ReduceLogSum", {x}, {{"axes", std::vector<std::int64_t>{1}}})),
              ElementsAre(std::numeric_limits<std::int64_t>::min(), 0));
}

TEST(Interpret, ReducesOverAxesOfEitherForm) {
  const auto x = tensor<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(floats_of(*computed("ReduceMean", {x}, {{"axes", std::vector<std::int64_t>{1}}})), ElementsAre(2, 5));
  EXPECT_THAT(floats_of(*computed("ReduceMean", {x, tensor<std::int64_t>({1}, {-1})}, {}, 18)), ElementsAre(2, 5));
}

TEST(Interpret, WhatIsNotInterpretedIsNamed) {
  EXPECT_FALSE(interpretable("NoSuchOperator"));
  EXPECT_THAT(computed("NoSuchOperator", {tensor<float>({1}, {1})}).error().message,
              HasSubstr("node 'n' (NoSuchOperator, opset 13)"));
}

}  // namespace
}  // namespace quantrail
