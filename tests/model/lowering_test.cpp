// What lowering means, case by case. Networks are chains of convolutions named conv1, conv2, ...; `pool` moves codes.
#include "model/lowering.h"

#include <gmock/gmock.h>

#include "model/graph_builder.h"
#include "model/macs.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// A quantization where `layers` run in integers, each a group of its own, and `values` have a Q/DQ point.
Quantization quantization(const std::vector<std::string>& layers, const std::vector<std::string>& values) {
  Quantization q;
  for (const auto& layer : layers) {
    q.layers[layer] = {};
    q.groups.push_back({layer, {layer}});
  }
  for (const auto& value : values) q.activations[value] = {0.1F, 0};
  return q;
}

NodeLowering at(const Graph& graph, const Lowering& lowering, const std::string& name) {
  return lowering.nodes.at(GraphIndex(graph).node(name).value());
}

/// x - conv1 - relu1 - conv2 - relu2 - pool - conv3 - y, where a second layer reads the pool's result as well.
class Chain : public ::testing::Test {
 protected:
  Chain() {
    GraphBuilder b;
    const auto x = b.input("x", {-1, 3, 8, 8});
    const auto one = b.node("Relu", "relu1", {b.conv("conv1", x, 3, 4)});
    const auto two = b.node("Relu", "relu2", {b.conv("conv2", one, 4, 4)});
    const auto pooled = b.node("MaxPool", "pool", {two}, {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
    b.output(b.conv("conv3", pooled, 4, 2), {-1, 2, 7, 7});
    b.output(b.conv("conv4", pooled, 4, 2), {-1, 2, 7, 7});
    graph = b.graph();
    q = quantization({"conv1", "conv2", "conv3", "conv4"}, {"x", "relu1_out", "relu2_out", "pool_out"});
    q.passthrough = {"pool"};
  }

  Graph graph{};
  Quantization q{};
};

TEST_F(Chain, WithoutQuantizationEverythingIsFloat) {
  const auto lowering = lowered(graph, nullptr, {});
  EXPECT_THAT(lowering.codes, IsEmpty());
  EXPECT_THAT(lowering.float_in_onnxruntime, IsEmpty());
  for (const auto& node : lowering.nodes) {
    EXPECT_FALSE(node.integer);
    EXPECT_THAT(node.reads, ::testing::Each(Read::Float));
  }
}

TEST_F(Chain, IntegersFlowFromTheInputToTheLastLayer) {
  const auto lowering = lowered(graph, &q, {});
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("x", "relu1_out", "relu2_out", "pool_out"));
  EXPECT_THAT(lowering.raw, IsEmpty());
  for (const auto name : {"conv1", "conv2", "pool", "conv3", "conv4"}) {
    EXPECT_TRUE(at(graph, lowering, name).integer) << name;
    EXPECT_EQ(at(graph, lowering, name).reads[0], Read::Codes) << name;
  }
  EXPECT_THAT(at(graph, lowering, "conv1").reads, ElementsAre(Read::Codes, Read::Float, Read::Float));
  EXPECT_FALSE(at(graph, lowering, "relu1").integer);  // computed by conv1
  EXPECT_TRUE(at(graph, lowering, "conv1").fused);
  // The last layers' results are not quantized, for which ONNX Runtime has no integer convolution.
  EXPECT_FALSE(at(graph, lowering, "conv3").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv3", "conv4"));
}

TEST_F(Chain, ALayerRevertedInTheMiddleReadsItsInputUnquantized) {
  const auto lowering = lowered(graph, &q, {"conv2"}, RevertMode::Full);
  EXPECT_FALSE(at(graph, lowering, "conv2").integer);
  EXPECT_EQ(at(graph, lowering, "conv2").reads[0], Read::Float);
  EXPECT_THAT(lowering.raw, ElementsAre("relu1_out"));
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("x", "relu2_out", "pool_out"));
  // Its producer computes in integers all the same, with a float result.
  EXPECT_TRUE(at(graph, lowering, "conv1").integer);
  EXPECT_FALSE(at(graph, lowering, "conv1").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv1", "conv3", "conv4"));
}

TEST_F(Chain, InComputeModeItReadsCodesBackAndItsProducerStaysFused) {
  const auto lowering = lowered(graph, &q, {"conv2"}, RevertMode::Compute);
  EXPECT_FALSE(at(graph, lowering, "conv2").integer);
  EXPECT_EQ(at(graph, lowering, "conv2").reads[0], Read::Dequantized);
  EXPECT_THAT(lowering.raw, IsEmpty());
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("x", "relu1_out", "relu2_out", "pool_out"));
  EXPECT_TRUE(at(graph, lowering, "conv1").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv3", "conv4"));
}

TEST_F(Chain, APoolBeforeARevertedLayerMovesFloatsAndOthersQuantizeBehindIt) {
  const auto lowering = lowered(graph, &q, {"conv3"}, RevertMode::Full);
  EXPECT_FALSE(at(graph, lowering, "pool").integer);
  EXPECT_EQ(at(graph, lowering, "pool").reads[0], Read::Float);
  EXPECT_EQ(at(graph, lowering, "conv3").reads[0], Read::Float);
  EXPECT_EQ(at(graph, lowering, "conv4").reads[0], Read::Codes);
  EXPECT_THAT(lowering.raw, UnorderedElementsAre("relu2_out", "pool_out"));
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("x", "relu1_out", "pool_out"));
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv2", "conv4"));
}

TEST_F(Chain, BehindAPoolNobodyNeedsTheFloatInComputeMode) {
  const auto lowering = lowered(graph, &q, {"conv3", "conv4"}, RevertMode::Compute);
  EXPECT_TRUE(at(graph, lowering, "pool").integer);
  EXPECT_EQ(at(graph, lowering, "conv3").reads[0], Read::Dequantized);
  EXPECT_TRUE(at(graph, lowering, "conv2").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, IsEmpty());
}

TEST_F(Chain, EverythingRevertedIsTheFloatNetwork) {
  const auto lowering = lowered(graph, &q, {"conv1", "conv2", "conv3", "conv4"}, RevertMode::Full);
  EXPECT_THAT(lowering.codes, IsEmpty());
  EXPECT_THAT(lowering.float_in_onnxruntime, IsEmpty());
  for (const auto& node : lowering.nodes) EXPECT_THAT(node.reads, ::testing::Each(Read::Float));
}

TEST_F(Chain, AnIgnoredNodeReadsItsInputUnquantizedInBothModes) {
  q.layers.erase("conv2");
  q.ignored.insert("conv2");
  for (const auto mode : {RevertMode::Full, RevertMode::Compute}) {
    const auto lowering = lowered(graph, &q, {}, mode);
    EXPECT_FALSE(at(graph, lowering, "conv2").integer);
    EXPECT_EQ(at(graph, lowering, "conv2").reads[0], Read::Float);
    EXPECT_THAT(lowering.raw, ElementsAre("relu1_out"));
  }
}

TEST_F(Chain, ARevertedFirstLayerReadsTheInputItself) {
  const auto lowering = lowered(graph, &q, {"conv1"}, RevertMode::Full);
  EXPECT_EQ(at(graph, lowering, "conv1").reads[0], Read::Float);
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("relu1_out", "relu2_out", "pool_out"));
  EXPECT_THAT(lowering.raw, ElementsAre("x"));
}

TEST_F(Chain, AnActivationThatTheCodesDoNotClipIsNamed) {
  q.activations["relu1_out"].zero_point = 128;  // codes below zero exist, so the Relu is more than saturation
  const auto lowering = lowered(graph, &q, {});
  EXPECT_TRUE(at(graph, lowering, "conv1").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv1", "conv3", "conv4"));
}

/// x - conv1 - relu1 -+- conv2 - Add - relu2 - conv3
///                    +-----------^
class Residual : public ::testing::Test {
 protected:
  Residual() {
    GraphBuilder b;
    const auto x = b.input("x", {-1, 4, 8, 8});
    const auto one = b.node("Relu", "relu1", {b.conv("conv1", x, 4, 4)});
    const auto sum = b.node("Add", "add", {b.conv("conv2", one, 4, 4), one});
    b.output(b.conv("conv3", b.node("Relu", "relu2", {sum}), 4, 2), {-1, 2, 8, 8});
    graph = b.graph();
    q = quantization({"conv1", "conv2", "add", "conv3"}, {"x", "relu1_out", "conv2_out", "relu2_out"});
  }

  Graph graph{};
  Quantization q{};
};

TEST_F(Residual, TheAddTakesCodesOfBothBranches) {
  const auto lowering = lowered(graph, &q, {});
  EXPECT_THAT(at(graph, lowering, "add").reads, ElementsAre(Read::Codes, Read::Codes));
  EXPECT_TRUE(at(graph, lowering, "conv2").fused);
  EXPECT_TRUE(at(graph, lowering, "add").fused);
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv3"));
}

TEST_F(Residual, ARevertedAddNeedsBothBranchesInFloat) {
  const auto lowering = lowered(graph, &q, {"add"}, RevertMode::Full);
  EXPECT_THAT(at(graph, lowering, "add").reads, ElementsAre(Read::Float, Read::Float));
  EXPECT_THAT(lowering.raw, UnorderedElementsAre("relu1_out", "conv2_out"));
  EXPECT_THAT(lowering.codes, UnorderedElementsAre("x", "relu1_out", "relu2_out"));  // conv2 still reads codes of relu1
  EXPECT_THAT(lowering.float_in_onnxruntime, ElementsAre("conv1", "conv2", "conv3"));
}

TEST_F(Residual, AGroupIsRevertedAsAWhole) {
  q.groups = {{"conv2", {"conv2", "add"}}, {"conv1", {"conv1"}}, {"conv3", {"conv3"}}};
  const auto lowering = lowered(graph, &q, {"conv2"}, RevertMode::Full);
  EXPECT_FALSE(at(graph, lowering, "conv2").integer);
  EXPECT_FALSE(at(graph, lowering, "add").integer);
  EXPECT_TRUE(at(graph, lowering, "conv1").integer);
}

TEST(Lowering, AGraphOutputIsNeverLeftAsCodes) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 8, 8});
  const auto one = b.node("Relu", "relu1", {b.conv("conv1", x, 3, 4)});
  b.output(one, {-1, 4, 8, 8});
  b.output(b.conv("conv2", one, 4, 2), {-1, 2, 8, 8});
  const auto q = quantization({"conv1", "conv2"}, {"x", "relu1_out"});
  const auto lowering = lowered(b.graph(), &q, {});
  EXPECT_TRUE(lowering.raw.contains("relu1_out"));
  EXPECT_TRUE(lowering.codes.contains("relu1_out"));
  EXPECT_FALSE(at(b.graph(), lowering, "conv1").fused);
  EXPECT_EQ(at(b.graph(), lowering, "conv2").reads[0], Read::Codes);
}

TEST(Lowering, ActivationsFuseOnlyBehindTheirOnlyProducerAndReader) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 8, 8});
  const auto c = b.conv("conv1", x, 3, 4);
  const auto bounded = b.node("Clip", "clip", {c, b.floats("low", {}, {0}), b.floats("high", {}, {6})});
  const auto d = b.conv("conv2", bounded, 4, 4);
  b.output(b.node("Add", "add", {d, b.node("Relu", "relu", {d})}), {-1, 4, 8, 8});
  const Graph graph = b.graph();
  const GraphIndex index(graph);
  EXPECT_EQ(fused_activation(graph, index, *index.node("conv1")), index.node("clip"));
  EXPECT_EQ(fused_activation(graph, index, *index.node("conv2")), std::nullopt);  // two readers
  EXPECT_EQ(fused_activation(graph, index, *index.node("relu")), std::nullopt);   // takes no activation along
}

TEST_F(Chain, TheIntegerShareCountsMultiplyAdds) {
  const auto model = specialised(graph, {{"x", {2, 3, 8, 8}}});
  ASSERT_TRUE(model) << model.error().message;
  const auto macs = multiply_adds(*model, 2);
  EXPECT_EQ(macs.at("conv1"), 8 * 8 * 4 * 3);
  EXPECT_EQ(macs.at("conv2"), 8 * 8 * 4 * 4);
  EXPECT_EQ(macs.at("conv3"), 7 * 7 * 2 * 4);
  EXPECT_EQ(macs.size(), 4U);
  const double all = 768 + 1024 + 392 + 392;
  EXPECT_DOUBLE_EQ(int8_macs_share(graph, lowered(graph, &q, {}), macs), 1.0);
  EXPECT_DOUBLE_EQ(int8_macs_share(graph, lowered(graph, &q, {"conv2"}), macs), (all - 1024) / all);
  EXPECT_DOUBLE_EQ(int8_macs_share(graph, lowered(graph, nullptr, {}), macs), 0.0);
  EXPECT_DOUBLE_EQ(int8_macs_share(graph, lowered(graph, &q, {}), {}), 0.0);
}

}  // namespace
}  // namespace quantrail
