// Operators as they were in opsets 1 to 6, computed after the upgrade.
#include <gmock/gmock.h>

#include "model/graph_builder.h"
#include "model/infer.h"
#include "model/interpret.h"
#include "model/upgrade.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::operators;
using testing::tensor;

using Attributes = std::map<std::string, Attribute>;

/// Runs the only output of an upgraded graph on `x`.
std::vector<float> computed(const Graph& graph, const Tensor& x) {
  std::map<std::string, Tensor> values{{"x", x}};
  for (const auto& [name, value] : graph.constants) values[name] = *value;
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> inputs;
    for (const auto& input : node.inputs) inputs.push_back(&values.at(input));
    auto outputs = interpreted(node, graph.opset, inputs);
    EXPECT_TRUE(outputs) << outputs.error().message;
    if (!outputs) return {};
    for (std::size_t at = 0; at < node.outputs.size(); ++at) values[node.outputs[at]] = (*outputs)[at];
  }
  const Tensor& y = values.at(graph.outputs[0].name);
  if (is_float(y.type)) return floats_of(y);
  const auto integers = integers_of(y);
  return {integers.begin(), integers.end()};
}

std::vector<float> upgraded_result(const GraphBuilder& builder, const Tensor& x) {
  const auto graph = upgraded(builder.graph());
  EXPECT_TRUE(graph) << graph.error().message;
  return graph ? computed(*graph, x) : std::vector<float>{};
}

std::string refusal(const GraphBuilder& builder) {
  const auto graph = upgraded(builder.graph());
  return graph ? "" : graph.error().message;
}

const Tensor kX = tensor<float>({1, 2, 2}, {0, 1, 2, 3});

TEST(FirstOpsets, AnAxisSaysWhereTheOperandGoes) {
  for (const std::int64_t axis : {1, -2}) {
    GraphBuilder b(6);
    b.output(b.node("Add", "n", {b.input("x", {-1, 2, 2}), b.floats("c", {2}, {10, 20})},
                    {{"broadcast", std::int64_t{1}}, {"axis", axis}}),
             {});
    EXPECT_THAT(upgraded_result(b, kX), ElementsAre(10, 11, 22, 23));
  }
}

TEST(FirstOpsets, WithoutAnAxisTheLastAxesMeet) {
  GraphBuilder b(1);
  b.output(b.node("Mul", "n", {b.input("x", {-1, 2, 2}), b.floats("c", {2}, {10, 20})},
                  {{"broadcast", std::int64_t{1}}, {"consumed_inputs", std::vector<std::int64_t>{0, 0}}}),
           {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(0, 20, 20, 60));
}

TEST(FirstOpsets, AComputedOperandIsAlignedByANode) {
  GraphBuilder b(6);
  const auto x = b.input("x", {-1, 2, 2});
  const auto mean =
      b.node("ReduceMean", "m", {x}, {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", std::int64_t{0}}});
  b.output(b.node("Sub", "n", {x, mean}, {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{0}}}), {});
  const auto graph = upgraded(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(operators(*graph), ElementsAre("ReduceMean", "Unsqueeze", "Sub"));
  EXPECT_THAT(computed(*graph, kX), ElementsAre(-0.5F, 0.5F, -0.5F, 0.5F));
}

TEST(FirstOpsets, AnAxisThatDoesNotExistIsRefused) {
  GraphBuilder b(6);
  b.output(b.node("Add", "n", {b.input("x", {-1, 2, 2}), b.floats("c", {2}, {10, 20})},
                  {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{3}}}),
           {});
  EXPECT_THAT(refusal(b), HasSubstr("node 'n' (Add, opset 6): axis 3"));
}

TEST(FirstOpsets, PReluHasASlopePerChannel) {
  GraphBuilder b(6);
  b.output(b.node("PRelu", "n", {b.input("x", {-1, 2, 2}), b.floats("c", {2}, {10, 20})}), {});
  EXPECT_THAT(upgraded_result(b, tensor<float>({1, 2, 2}, {-1, 1, -1, 1})), ElementsAre(-10, 1, -20, 1));
}

TEST(FirstOpsets, OperandsWereAttributes) {
  GraphBuilder b(4);
  b.output(b.node("Reshape", "n", {b.input("x", {-1, 2, 2})}, {{"shape", std::vector<std::int64_t>{4}}}), {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(0, 1, 2, 3));
  GraphBuilder pad(1);
  pad.output(
      pad.node("Pad", "n", {pad.input("x", {-1})}, {{"paddings", std::vector<std::int64_t>{1, 2}}, {"value", 7.0F}}),
      {});
  EXPECT_THAT(upgraded_result(pad, tensor<float>({1}, {5})), ElementsAre(7, 5, 7, 7));
  GraphBuilder top(6);
  top.nodes("TopK", "n", {top.input("x", {-1})}, {"values", "indices"}, {{"k", std::int64_t{2}}});
  top.output("indices", {});
  EXPECT_EQ(upgraded(top.graph())->nodes[0].inputs.size(), 2U);
}

TEST(FirstOpsets, CastNamedItsType) {
  GraphBuilder b(5);
  b.output(b.node("Cast", "n", {b.input("x", {-1})}, {{"to", std::string("INT32")}}), {});
  EXPECT_THAT(upgraded_result(b, tensor<float>({2}, {1.5F, -2.5F})), ElementsAre(1, -2));
  GraphBuilder unknown(5);
  unknown.output(unknown.node("Cast", "n", {unknown.input("x", {-1})}, {{"to", std::string("COMPLEX64")}}), {});
  EXPECT_THAT(refusal(unknown), HasSubstr("element type 'COMPLEX64'"));
}

TEST(FirstOpsets, ConcatWentAlongAxisOne) {
  GraphBuilder b(1);
  const auto x = b.input("x", {-1, 2, 2});
  b.output(b.node("Concat", "n", {x, x}), {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(0, 1, 2, 3, 0, 1, 2, 3));
  EXPECT_EQ(int_attribute(upgraded(b.graph())->nodes[0], "axis", 0), 1);
}

TEST(FirstOpsets, TileRepeatedOneAxis) {
  GraphBuilder b(5);
  b.output(b.node("Tile", "n", {b.input("x", {-1, 2, 2}), b.floats("t", {1}, {2}), b.floats("a", {1}, {2})}), {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(0, 1, 0, 1, 2, 3, 2, 3));
  GraphBuilder many(5);
  many.output(
      many.node("Tile", "n", {many.input("x", {-1}), many.floats("t", {1}, {1e30F}), many.floats("a", {1}, {0})}), {});
  EXPECT_THAT(refusal(many), HasSubstr("1 to 1024 tiles"));
}

TEST(FirstOpsets, SplitSizesWereFloats) {
  GraphBuilder b(1);
  b.nodes("Split", "n", {b.input("x", {-1}), b.floats("s", {2}, {1, 2})}, {"first", "second"},
          {{"axis", std::int64_t{0}}});
  b.output("second", {});
  EXPECT_THAT(upgraded_result(b, tensor<float>({3}, {5, 6, 7})), ElementsAre(6, 7));
}

TEST(FirstOpsets, TrainingIsRefused) {
  for (const auto op : {"Dropout", "BatchNormalization"}) {
    GraphBuilder b(6);
    b.output(b.node(op, "n", {b.input("x", {-1})}), {});
    EXPECT_THAT(refusal(b), HasSubstr("training (is_test = 0)"));
  }
}

TEST(FirstOpsets, UpsampleHadTwoScales) {
  GraphBuilder b(1);
  b.output(b.node("Upsample", "n", {b.input("x", {-1, 1, 2, 2})}, {{"height_scale", 2.0F}, {"width_scale", 3.0F}}), {});
  const auto graph = upgraded(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_EQ(specialised(*graph, {{"x", {1, 1, 2, 2}}})->types.at("n_out").shape, (Shape{1, 1, 4, 6}));
}

TEST(FirstOpsets, PoolsHadAFloatNorm) {
  GraphBuilder b(1);
  b.output(b.node("GlobalLpPool", "n", {b.input("x", {-1, 1, 2, 2})}, {{"p", 1.0F}}), {});
  EXPECT_EQ(int_attribute(upgraded(b.graph())->nodes[0], "p", 0), 1);
}

/// The result of the one experimental operator on numbers from 0 on.
std::vector<float> tried(const std::string& op, const Attributes& attributes, const Tensor& x) {
  GraphBuilder b(6);
  b.output(b.node(op, "n", {b.input("x", {-1, x.shape[1], x.shape[2], x.shape[3]})}, attributes), {});
  return upgraded_result(b, x);
}

TEST(Experimental, OperatorsBecomeThoseOfLaterOpsets) {
  const Tensor x = tensor<float>({1, 2, 1, 2}, {0, 1, 2, 3});
  EXPECT_THAT(tried("Affine", {{"alpha", 2.0F}, {"beta", 0.5F}}, x), ElementsAre(0.5F, 2.5F, 4.5F, 6.5F));
  EXPECT_THAT(tried("Affine", {}, x), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(tried("ImageScaler", {{"scale", 2.0F}, {"bias", std::vector<float>{10, 20}}}, x),
              ElementsAre(10, 12, 24, 26));
  EXPECT_THAT(tried("ThresholdedRelu", {{"alpha", 1.0F}}, x), ElementsAre(0, 0, 2, 3));
  const auto tanh = tried("ScaledTanh", {{"alpha", 2.0F}, {"beta", 0.5F}}, x);
  EXPECT_FLOAT_EQ(tanh.at(3), 2.0F * std::tanh(1.5F));
  const auto softplus = tried("ParametricSoftplus", {{"alpha", 2.0F}, {"beta", 0.5F}}, x);
  EXPECT_FLOAT_EQ(softplus.at(3), 2.0F * std::log1p(std::exp(1.5F)));
}

TEST(Experimental, CropLeavesOutLeftTopRightBottom) {
  using Ints = std::vector<std::int64_t>;
  const Tensor x = tensor<float>({1, 1, 3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_THAT(tried("Crop", {{"border", Ints{1, 0, 2, 1}}}, x), ElementsAre(1, 5));
  EXPECT_THAT(tried("Crop", {{"border", Ints{0, 2, 0, 0}}}, x), ElementsAre(8, 9, 10, 11));
  EXPECT_THAT(tried("Crop", {{"border", Ints{1, 1, 0, 0}}, {"scale", Ints{1, 2}}}, x), ElementsAre(5, 6));
}

TEST(Experimental, WhatFollowsOneKnowsItsRank) {
  GraphBuilder b(6);
  const auto x = b.node("Affine", "a", {b.input("x", {-1, 2, 2})}, {{"alpha", 2.0F}});
  const auto mean =
      b.node("ReduceMean", "m", {x}, {{"axes", std::vector<std::int64_t>{2}}, {"keepdims", std::int64_t{0}}});
  b.output(b.node("Sub", "n", {x, mean}, {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{0}}}), {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(-1, 1, -1, 1));
}

TEST(Experimental, RefusalsNameTheNodeItsOpsetAndWhatIsMissing) {
  const auto refused = [](const std::string& op, std::int64_t opset) {
    GraphBuilder b(opset);
    b.output(b.node(op, "n", {b.input("x", {-1, 2, 2, 2})}), {});
    return refusal(b);
  };
  EXPECT_EQ(refused("ImageScaler", 1), "node 'n' (ImageScaler, opset 1): needs the attribute 'bias', a list of floats");
  EXPECT_THAT(refused("Crop", 7), HasSubstr("'border'"));
  EXPECT_THAT(refused("ScaledTanh", 9), HasSubstr("'alpha'"));
  EXPECT_EQ(refused("Affine", 10), "") << "left as it is, and refused as unknown";
}

TEST(Experimental, AnUnknownOperatorIsNamedWithTheOpsetOfTheFile) {
  GraphBuilder b(7);
  b.output(b.node("GRUUnit", "n", {b.input("x", {-1, 2})}), {-1, 2});
  const auto graph = upgraded(b.graph());
  ASSERT_TRUE(graph);
  const auto known = specialised(*graph, {{"x", {1, 2}}});
  ASSERT_FALSE(known);
  EXPECT_EQ(known.error().message, "node 'n' (GRUUnit, opset 7): this operator is not supported");
}

TEST(FirstOpsets, StatisticsOfEachElementBecomeAProductAndASum) {
  GraphBuilder b(7);
  const auto x = b.input("x", {-1, 2, 2});
  const std::vector<std::string> inputs{x, b.floats("s", {2, 2}, {1, 2, 3, 4}), b.floats("b", {2, 2}, {0, 0, 10, 10}),
                                        b.floats("m", {2, 2}, {0, 1, 0, 1}), b.floats("v", {2, 2}, {1, 1, 4, 4})};
  b.output(b.node("BatchNormalization", "n", inputs, {{"spatial", std::int64_t{0}}, {"epsilon", 0.0F}}), {});
  EXPECT_THAT(upgraded_result(b, kX), ElementsAre(0, 0, 13, 14));

  GraphBuilder computed_mean(7);
  const auto in = computed_mean.input("x", {-1, 2});
  const auto one = computed_mean.floats("one", {2}, {1, 1});
  computed_mean.output(
      computed_mean.node("BatchNormalization", "n", {in, one, one, in, one}, {{"spatial", std::int64_t{0}}}), {});
  EXPECT_THAT(refusal(computed_mean), HasSubstr("(spatial = 0) are supported as float32 constants"));
}

}  // namespace
}  // namespace quantrail
