#include "model/canonical.h"

#include <gmock/gmock.h>

#include <cmath>

#include "model/graph_builder.h"
#include "model/infer.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using testing::GraphBuilder;
using testing::node_named;
using testing::operators;

std::vector<float> constant_floats(const Graph& graph, const std::string& node, std::size_t input) {
  const auto value = constant_input(graph, node_named(graph, node), input);
  return value == nullptr ? std::vector<float>{} : floats_of(*value);
}

/// scale 2 and -1, shift 10 and 20, mean 1 and 3, variance 4 - epsilon and 1 - epsilon: x * 1 + 9 and x * -1 + 23.
std::vector<std::string> batch_norm_inputs(GraphBuilder& b, const std::string& in) {
  return {in, b.floats("s", {2}, {2.0F, -1.0F}), b.floats("h", {2}, {10.0F, 20.0F}), b.floats("m", {2}, {1.0F, 3.0F}),
          b.floats("v", {2}, {3.5F, 0.5F})};
}
const std::map<std::string, Attribute> kHalf{{"epsilon", 0.5F}};

TEST(Canonical, FoldsBatchNormalizationIntoTheConvBefore) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c =
      b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F}), b.floats("b", {2}, {1.0F, 2.0F})});
  b.output(b.node("BatchNormalization", "bn", batch_norm_inputs(b, c), kHalf), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  ASSERT_THAT(operators(*graph), ElementsAre("Conv"));
  EXPECT_EQ(graph->nodes[0].name, "conv");
  EXPECT_THAT(graph->nodes[0].absorbed, ElementsAre("bn"));
  EXPECT_THAT(graph->nodes[0].outputs, ElementsAre("bn_out"));
  EXPECT_THAT(constant_floats(*graph, "conv", 1), ElementsAre(3.0F, -5.0F));   // w * scale / sqrt(var + eps)
  EXPECT_THAT(constant_floats(*graph, "conv", 2), ElementsAre(10.0F, 21.0F));  // b * that + shift - that * mean
}

TEST(Canonical, ABatchNormalizationOfANegativeVarianceKeepsItsNaNsToItself) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c = b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F})});
  const std::vector<std::string> inputs{c, b.floats("s", {2}, {2.0F, -1.0F}), b.floats("h", {2}, {10.0F, 20.0F}),
                                        b.floats("m", {2}, {1.0F, 3.0F}), b.floats("v", {2}, {3.5F, -0.7F})};
  b.output(b.node("BatchNormalization", "bn", inputs, kHalf), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(operators(*graph), ElementsAre("Conv", "BatchNormalization"));
  EXPECT_THAT(constant_floats(*graph, "conv", 1), ElementsAre(3.0F, 5.0F));
}

TEST(Canonical, GivesAConvWithoutBiasOne) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c = b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F})});
  b.output(b.node("BatchNormalization", "bn", batch_norm_inputs(b, c), kHalf), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(constant_floats(*graph, "conv", 2), ElementsAre(9.0F, 23.0F));
}

TEST(Canonical, LeavesWeightsAloneThatAnotherConvReadsToo) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto w = b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F});
  const auto c = b.node("Conv", "conv", {x, w});
  const auto y = b.node("BatchNormalization", "bn", batch_norm_inputs(b, c), kHalf);
  b.output(b.node("Add", "add", {y, b.node("Conv", "other", {x, w})}), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(constant_floats(*graph, "conv", 1), ElementsAre(3.0F, -5.0F));
  EXPECT_THAT(constant_floats(*graph, "other", 1), ElementsAre(3.0F, 5.0F));
}

TEST(Canonical, ScalesTheOutputChannelsOfAGroupedConvTranspose) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2, 1, 1});
  // Two groups of one input and one output channel each: weights [2,1,1,2].
  const auto c =
      b.node("ConvTranspose", "up", {x, b.floats("w", {2, 1, 1, 2}, {1, 2, 3, 4})}, {{"group", std::int64_t{2}}});
  b.output(b.node("BatchNormalization", "bn", batch_norm_inputs(b, c), kHalf), {-1, 2, 1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(constant_floats(*graph, "up", 1), ElementsAre(1, 2, -3, -4));
}

TEST(Canonical, FoldsMulAndAddPerChannelButNotPerColumn) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c = b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F})});
  const auto scaled = b.node("Mul", "scale", {c, b.floats("k", {2, 1, 1}, {2.0F, 4.0F})});
  const auto shifted = b.node("Add", "shift", {b.floats("d", {1, 2, 1, 1}, {0.5F, 0.25F}), scaled});
  b.output(b.node("Add", "columns", {shifted, b.floats("e", {2}, {1.0F, 2.0F})}), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  ASSERT_THAT(operators(*graph), ElementsAre("Conv", "Add"));
  EXPECT_THAT(graph->nodes[0].absorbed, ElementsAre("scale", "shift"));
  EXPECT_THAT(constant_floats(*graph, "conv", 1), ElementsAre(6.0F, 20.0F));
  EXPECT_THAT(constant_floats(*graph, "conv", 2), ElementsAre(0.5F, 0.25F));
}

TEST(Canonical, DoesNotFoldWhereTheConvIsReadByOthers) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c = b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F})});
  const auto s = b.node("Mul", "scale", {c, b.floats("k", {2, 1, 1}, {2.0F, 4.0F})});
  b.output(b.node("Add", "add", {c, s}), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("Conv", "Mul", "Add"));
}

TEST(Canonical, DoesNotFoldAcrossAGraphOutput) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 2, 2});
  const auto c = b.node("Conv", "conv", {x, b.floats("w", {2, 1, 1, 1}, {3.0F, 5.0F})});
  b.output(c, {-1, 2, 2, 2});
  b.output(b.node("Mul", "scale", {c, b.floats("k", {2, 1, 1}, {2.0F, 4.0F})}), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("Conv", "Mul"));
}

TEST(Canonical, ABatchNormalizationOnItsOwnBecomesMulAndAdd) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2, 2, 2});
  const auto y = b.node("BatchNormalization", "bn", batch_norm_inputs(b, x), kHalf);
  b.output(b.node("Relu", "relu", {y}), {-1, 2, 2, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  ASSERT_THAT(operators(*graph), ElementsAre("Mul", "Add", "Relu"));
  EXPECT_EQ(graph->nodes[0].name, "bn");
  EXPECT_EQ(constant_input(*graph, graph->nodes[0], 1)->shape, (Shape{2, 1, 1}));
  EXPECT_THAT(constant_floats(*graph, "bn", 1), ElementsAre(1.0F, -1.0F));
  EXPECT_THAT(constant_floats(*graph, "bn_shift", 1), ElementsAre(9.0F, 23.0F));
}

TEST(Canonical, MatMulAndAddAtRankTwoBecomeAGemmThatTakesBatchNormalization) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2});
  const auto p = b.node("MatMul", "fc", {x, b.floats("w", {2, 2}, {1, 2, 3, 4})});
  const auto s = b.node("Add", "fc_bias", {b.floats("b", {2}, {5, 6}), p});
  b.output(b.node("BatchNormalization", "bn", batch_norm_inputs(b, s), kHalf), {-1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  ASSERT_THAT(operators(*graph), ElementsAre("Gemm"));
  EXPECT_EQ(graph->nodes[0].name, "fc");
  EXPECT_THAT(graph->nodes[0].absorbed, ElementsAre("fc_bias", "bn"));
  EXPECT_THAT(constant_floats(*graph, "fc", 1), ElementsAre(1, -2, 3, -4));
  EXPECT_THAT(constant_floats(*graph, "fc", 2), ElementsAre(14, 17));
}

TEST(Canonical, ASumOfTwoIsAnAddAndASumOfOneNothing) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4});
  const auto y = b.input("y", {-1, 4});
  const auto two = b.node("Sum", "two", {x, y});
  b.output(b.node("Sum", "three", {two, b.node("Sum", "one", {y}), x}), {-1, 4});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_THAT(operators(*graph), ElementsAre("Add", "Sum"));
  EXPECT_THAT(graph->nodes[1].inputs, ElementsAre("two_out", "y", "x"));
}

TEST(Canonical, MatMulAndAddAtRankThreeStay) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4, 2});
  const auto p = b.node("MatMul", "fc", {x, b.floats("w", {2, 2}, {1, 2, 3, 4})});
  b.output(b.node("Add", "bias", {p, b.floats("b", {2}, {5, 6})}), {-1, 4, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("MatMul", "Add"));
}

TEST(Canonical, GemmFactorsGoIntoItsConstants) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2});
  b.output(b.node("Gemm", "fc", {x, b.floats("w", {2, 2}, {1, 2, 3, 4}), b.floats("b", {1, 2}, {5, 6})},
                  {{"alpha", 2.0F}, {"beta", 0.5F}, {"transB", std::int64_t{1}}}),
           {-1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(constant_floats(*graph, "fc", 1), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(constant_floats(*graph, "fc", 2), ElementsAre(2.5F, 3.0F));
  EXPECT_EQ(constant_input(*graph, graph->nodes[0], 2)->shape, (Shape{2}));
  EXPECT_FALSE(graph->nodes[0].attributes.contains("alpha"));
  EXPECT_EQ(int_attribute(graph->nodes[0], "transB", 0), 1);
}

TEST(Canonical, IdentityAndDropoutGoAndOutputsKeepTheirNames) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4});
  const auto r = b.node("Relu", "relu", {b.node("Identity", "first", {x})});
  const auto d = b.node("Dropout", "drop", {r});
  b.output(b.node("Identity", "last", {d}), {-1, 4});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  ASSERT_THAT(operators(*graph), ElementsAre("Relu"));
  EXPECT_THAT(graph->nodes[0].inputs, ElementsAre("x"));
  EXPECT_THAT(graph->nodes[0].outputs, ElementsAre("last_out"));
}

TEST(Canonical, AnIdentityBetweenAnInputAndAnOutputStays) {
  GraphBuilder b;
  b.output(b.node("Identity", "pass", {b.input("x", {-1, 4})}), {-1, 4});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("Identity"));
}

TEST(Canonical, AResizeOfSomeAxesNamesAllOfThem) {
  GraphBuilder b(18);
  const auto x = b.input("x", {-1, 3, 4, 6});
  const auto scales = b.floats("given", {2}, {0.5F, 2.0F});
  b.output(b.node("Resize", "resize", {x, std::string(), scales},
                  {{"axes", std::vector<std::int64_t>{-1, 2}}, {"mode", std::string("nearest")}}),
           {-1, 3, 8, 3});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  const Node& node = graph->nodes[0];
  EXPECT_FALSE(node.attributes.contains("axes"));
  EXPECT_THAT(floats_of(*graph->constants.at(node.inputs[2])), ElementsAre(1.0F, 1.0F, 2.0F, 0.5F));
  const auto model = specialised(*graph, {{"x", {2, 3, 4, 6}}});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->types.at("resize_out").shape, (Shape{2, 3, 8, 3}));
}

TEST(Canonical, AnOutputIsOfTheTypeThatIsComputed) {
  GraphBuilder b;
  b.output(b.node("ArgMax", "arg", {b.input("x", {-1, 4})}), {});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(graph->outputs[0].type, ElementType::Int64);
  EXPECT_EQ(graph->outputs[0].shape.size(), 2U);
}

TEST(Canonical, SpatialMeansBecomeGlobalPoolsAndDropTheAxesBehind) {
  for (const std::int64_t keep : {0, 1}) {
    GraphBuilder b;
    const auto x = b.input("x", {-1, 3, 4, 4});
    b.output(b.node("ReduceMean", "mean", {x}, {{"axes", std::vector<std::int64_t>{-1, -2}}, {"keepdims", keep}}),
             keep != 0 ? Shape{-1, 3, 1, 1} : Shape{-1, 3});
    const auto graph = canonicalised(b.graph());
    ASSERT_TRUE(graph);
    if (keep != 0)
      EXPECT_THAT(operators(*graph), ElementsAre("GlobalAveragePool"));
    else
      EXPECT_THAT(operators(*graph), ElementsAre("GlobalAveragePool", "Flatten"));
    EXPECT_EQ(graph->nodes[0].name, "mean");
    EXPECT_EQ(graph->nodes.back().outputs[0], "mean_out");
    const auto model = specialised(*graph, {{"x", {2, 3, 4, 4}}});
    ASSERT_TRUE(model);
    EXPECT_EQ(model->types.at("mean_out").shape.size(), keep != 0 ? 4U : 2U);
  }
}

TEST(Canonical, AMeanOverChannelsStays) {
  GraphBuilder b;
  b.output(b.node("ReduceMean", "mean", {b.input("x", {-1, 3, 4, 4})}, {{"axes", std::vector<std::int64_t>{1, 2}}}),
           {-1, 1, 1, 4});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("ReduceMean"));
}

Graph padded_conv(const std::vector<std::int64_t>& pads, float value, const std::string& mode) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 1, 5, 5});
  const auto p = b.node("Pad", "pad", {x, b.integers("pads", pads), b.floats("value", {}, {value})}, {{"mode", mode}});
  b.output(
      b.node("Conv", "conv", {p, b.filled("w", {2, 1, 3, 3}, 1.0F)}, {{"pads", std::vector<std::int64_t>{1, 0, 0, 0}}}),
      {-1, 2, -1, -1});
  return b.graph();
}

TEST(Canonical, ZeroPaddingBecomesTheConvsOwn) {
  const auto graph = canonicalised(padded_conv({0, 0, 1, 2, 0, 0, 3, 4}, 0.0F, "constant"));
  ASSERT_TRUE(graph);
  ASSERT_THAT(operators(*graph), ElementsAre("Conv"));
  EXPECT_THAT(ints_attribute(graph->nodes[0], "pads", {}), ElementsAre(2, 2, 3, 4));
  EXPECT_THAT(graph->nodes[0].absorbed, ElementsAre("pad"));
}

TEST(Canonical, OtherPaddingStays) {
  EXPECT_THAT(operators(*canonicalised(padded_conv({0, 0, 1, 1, 0, 0, 1, 1}, 0.5F, "constant"))),
              ElementsAre("Pad", "Conv"));
  EXPECT_THAT(operators(*canonicalised(padded_conv({0, 0, 1, 1, 0, 0, 1, 1}, 0.0F, "reflect"))),
              ElementsAre("Pad", "Conv"));
  EXPECT_THAT(operators(*canonicalised(padded_conv({0, 0, -1, 0, 0, 0, 1, 1}, 0.0F, "constant"))),
              ElementsAre("Pad", "Conv"));
}

std::string clip(GraphBuilder& b, const std::string& name, const std::string& in, float lo, float hi) {
  return b.node("Clip", name, {in, b.floats(name + "_lo", {}, {lo}), b.floats(name + "_hi", {}, {hi})});
}

TEST(Canonical, ChainsOfClampsBecomeOne) {
  GraphBuilder b;
  const auto relus = b.node("Relu", "r2", {b.node("Relu", "r1", {b.input("x", {-1, 2})})});
  b.output(clip(b, "c2", clip(b, "c1", b.node("Sigmoid", "s", {relus}), -1.0F, 6.0F), 0.0F, 8.0F), {-1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph) << graph.error().message;
  ASSERT_THAT(operators(*graph), ElementsAre("Relu", "Sigmoid", "Clip"));
  EXPECT_THAT(graph->nodes[0].absorbed, ElementsAre("r2"));
  EXPECT_EQ(graph->nodes[1].inputs[0], "r2_out");
  EXPECT_THAT(graph->nodes[2].outputs, ElementsAre("c2_out"));
  EXPECT_THAT(constant_floats(*graph, "c1", 1), ElementsAre(0.0F));
  EXPECT_THAT(constant_floats(*graph, "c1", 2), ElementsAre(6.0F));
}

TEST(Canonical, ClampsThatDoNotMeetGiveTheLastOnesBorder) {
  GraphBuilder b;
  b.output(clip(b, "c2", clip(b, "c1", b.input("x", {-1, 2}), -3.0F, -1.0F), 2.0F, 8.0F), {-1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(constant_floats(*graph, "c1", 1), ElementsAre(2.0F));
  EXPECT_THAT(constant_floats(*graph, "c1", 2), ElementsAre(2.0F));
}

TEST(Canonical, AClampThatOthersReadTooStays) {
  GraphBuilder b;
  const auto relu = b.node("Relu", "r1", {b.input("x", {-1, 2})});
  b.output(relu, {-1, 2});
  b.output(clip(b, "c1", relu, 0.0F, 6.0F), {-1, 2});
  EXPECT_THAT(operators(canonicalised(b.graph()).value()), ElementsAre("Relu", "Clip"));
}

TEST(Canonical, AClampWithComputedBoundsStays) {
  GraphBuilder b;
  const auto relu = b.node("Relu", "r1", {b.input("x", {-1, 2})});
  b.output(b.node("Clip", "c1", {relu, b.input("lo", {})}), {-1, 2});
  EXPECT_THAT(operators(canonicalised(b.graph()).value()), ElementsAre("Relu", "Clip"));
}

TEST(Canonical, ConstantExpressionsAreComputedAndUnusedNodesGo) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2});
  const auto sum = b.node("Add", "constants", {b.floats("a", {2}, {1, 2}), b.floats("b", {2}, {10, 20})});
  b.node("Relu", "unused", {x});
  b.output(b.node("Mul", "mul", {x, sum}), {-1, 2});
  const auto graph = canonicalised(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(operators(*graph), ElementsAre("Mul"));
  EXPECT_THAT(constant_floats(*graph, "mul", 1), ElementsAre(11, 22));
  EXPECT_EQ(graph->constants.size(), 1U);
}

TEST(Canonical, TwiceIsTheSameAsOnce) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 8, 8});
  const auto c = b.conv("conv", x, 3, 2, 3);
  b.output(b.node("BatchNormalization", "bn", batch_norm_inputs(b, c)), {-1, 2, 8, 8});
  const auto once = canonicalised(b.graph());
  ASSERT_TRUE(once);
  const auto twice = canonicalised(*once);
  ASSERT_TRUE(twice);
  EXPECT_EQ(operators(*once), operators(*twice));
  EXPECT_EQ(constant_floats(*once, "conv", 1), constant_floats(*twice, "conv", 1));
}

}  // namespace
}  // namespace quantrail
