#include "export/qdq.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "export/small_network.h"
#include "model/codes.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::SmallNetwork;

/// Every node as "op name(inputs) -> result".
std::vector<std::string> listed(const Graph& graph) {
  std::vector<std::string> lines;
  for (const auto& node : graph.nodes) {
    std::string line = node.op + " " + node.name + "(";
    for (const auto& input : node.inputs) line += (line.back() == '(' ? "" : ", ") + input;
    lines.push_back(line + ") -> " + node.outputs[0]);
  }
  return lines;
}

const Node& node_named(const Graph& graph, const std::string& name) {
  return graph.nodes.at(GraphIndex(graph).node(name).value());
}

/// A layer with per-channel weights of step 0.01, and its own group.
void quantize_layer(Quantization& q, const Graph& graph, const std::string& name) {
  const Node& node = node_named(graph, name);
  const auto weights = constant_input(graph, node, 1);
  LayerQuantization layer;
  if (weights != nullptr) {
    const auto axis = output_channel_axis(node, *weights);
    layer.weights = WeightParams{
        axis, std::vector<float>(static_cast<std::size_t>(weights->shape[static_cast<std::size_t>(axis)]), 0.01F)};
  }
  q.layers[name] = layer;
  q.groups.push_back({name, {name}});
}

struct Chain {
  SmallNetwork net{};
  Quantization q{};
  Chain() {
    auto v = net.relu("r1", net.conv("c1", "x"));
    v = net.relu("r2", net.conv("c2", v));
    v = net.relu("r3", net.conv("c3", v));
    net.output(v);
    q.activations = {{"x", {0.02F, 128}}, {"r1:0", {0.03F, 0}}, {"r2:0", {0.05F, 0}}};
    for (const auto* name : {"c1", "c2", "c3"}) quantize_layer(q, net.graph(), name);
  }
  [[nodiscard]] Graph written(const std::set<std::string, std::less<>>& reverted,
                              RevertMode mode = RevertMode::Full) const {
    return with_qdq(net.graph(), q, lowered(net.graph(), &q, reverted, mode));
  }
};

TEST(Qdq, WritesAConvolutionWithItsQuantizedInputWeightsAndBias) {
  EXPECT_THAT(
      listed(Chain().written({})),
      ElementsAre(
          "QuantizeLinear x_QuantizeLinear(x, x_scale, x_zero_point) -> x_quantized",
          "DequantizeLinear x_DequantizeLinear(x_quantized, x_scale, x_zero_point) -> x_dequantized",
          "DequantizeLinear c1_weight_DequantizeLinear(c1_weight_quantized, c1_weight_scale, c1_weight_zero_point) -> "
          "c1_weight_dequantized",
          "DequantizeLinear c1_bias_DequantizeLinear(c1_bias_quantized, c1_bias_scale, c1_bias_zero_point) -> "
          "c1_bias_dequantized",
          "Conv c1(x_dequantized, c1_weight_dequantized, c1_bias_dequantized) -> r1:0",
          "QuantizeLinear r1:0_QuantizeLinear(r1:0, r1:0_scale, r1:0_zero_point) -> r1:0_quantized",
          "DequantizeLinear r1:0_DequantizeLinear(r1:0_quantized, r1:0_scale, r1:0_zero_point) -> r1:0_dequantized",
          "DequantizeLinear c2_weight_DequantizeLinear(c2_weight_quantized, c2_weight_scale, c2_weight_zero_point) -> "
          "c2_weight_dequantized",
          "DequantizeLinear c2_bias_DequantizeLinear(c2_bias_quantized, c2_bias_scale, c2_bias_zero_point) -> "
          "c2_bias_dequantized",
          "Conv c2(r1:0_dequantized, c2_weight_dequantized, c2_bias_dequantized) -> r2:0",
          "QuantizeLinear r2:0_QuantizeLinear(r2:0, r2:0_scale, r2:0_zero_point) -> r2:0_quantized",
          "DequantizeLinear r2:0_DequantizeLinear(r2:0_quantized, r2:0_scale, r2:0_zero_point) -> r2:0_dequantized",
          "DequantizeLinear c3_weight_DequantizeLinear(c3_weight_quantized, c3_weight_scale, c3_weight_zero_point) -> "
          "c3_weight_dequantized",
          "DequantizeLinear c3_bias_DequantizeLinear(c3_bias_quantized, c3_bias_scale, c3_bias_zero_point) -> "
          "c3_bias_dequantized",
          "Conv c3(r2:0_dequantized, c3_weight_dequantized, c3_bias_dequantized) -> c3:0", "Relu r3(c3:0) -> r3:0"));
}

TEST(Qdq, StoresScalarActivationParametersAndPerChannelWeights) {
  const Graph graph = Chain().written({});
  EXPECT_EQ(graph.constants.at("x_scale")->shape, Shape{});
  EXPECT_EQ(graph.constants.at("x_zero_point")->values<std::uint8_t>()[0], 128);
  EXPECT_EQ(graph.constants.at("r1:0_zero_point")->values<std::uint8_t>()[0], 0);
  EXPECT_EQ(graph.constants.at("c1_weight_quantized")->type, ElementType::Int8);
  EXPECT_EQ(graph.constants.at("c1_weight_scale")->shape, Shape{4});
  EXPECT_EQ(graph.constants.at("c1_weight_zero_point")->type, ElementType::Int8);
  EXPECT_EQ(int_attribute(node_named(graph, "c1_weight_DequantizeLinear"), "axis", -1), 0);
}

TEST(Qdq, BiasScaleIsTheFloat32ProductOfInputAndWeightScale) {
  const Chain chain;
  const Graph graph = chain.written({});
  const auto scale = graph.constants.at("c1_bias_scale")->values<float>();
  const auto codes = graph.constants.at("c1_bias_quantized")->values<std::int32_t>();
  const auto bias = chain.net.graph().constants.at("c1.bias")->values<float>();
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(scale[c], 0.02F * 0.01F);
    EXPECT_EQ(codes[c], static_cast<std::int32_t>(std::nearbyint(bias[c] / (0.02F * 0.01F))));
  }
}

TEST(Qdq, CorrectedBiasesReplaceThoseOfIntegerLayersOnly) {
  Chain chain;
  chain.q.bias_edits["c2"] = {1.0F, 2.0F, 3.0F, 4.0F};
  EXPECT_EQ(chain.written({}).constants.at("c2_bias_quantized")->values<std::int32_t>()[3],
            static_cast<std::int32_t>(std::nearbyint(4.0F / (0.03F * 0.01F))));
  EXPECT_EQ(node_named(chain.written({"c2"}), "c2").inputs[2], "c2.bias");
}

TEST(Qdq, FullyRevertedLayerReadsItsInputUnquantizedAndItsProducerKeepsItsRelu) {
  EXPECT_THAT(
      listed(Chain().written({"c2"})),
      ElementsAre(
          "QuantizeLinear x_QuantizeLinear(x, x_scale, x_zero_point) -> x_quantized",
          "DequantizeLinear x_DequantizeLinear(x_quantized, x_scale, x_zero_point) -> x_dequantized",
          "DequantizeLinear c1_weight_DequantizeLinear(c1_weight_quantized, c1_weight_scale, c1_weight_zero_point) -> "
          "c1_weight_dequantized",
          "DequantizeLinear c1_bias_DequantizeLinear(c1_bias_quantized, c1_bias_scale, c1_bias_zero_point) -> "
          "c1_bias_dequantized",
          "Conv c1(x_dequantized, c1_weight_dequantized, c1_bias_dequantized) -> c1:0", "Relu r1(c1:0) -> r1:0",
          "Conv c2(r1:0, c2.weight, c2.bias) -> r2:0",
          "QuantizeLinear r2:0_QuantizeLinear(r2:0, r2:0_scale, r2:0_zero_point) -> r2:0_quantized",
          "DequantizeLinear r2:0_DequantizeLinear(r2:0_quantized, r2:0_scale, r2:0_zero_point) -> r2:0_dequantized",
          "DequantizeLinear c3_weight_DequantizeLinear(c3_weight_quantized, c3_weight_scale, c3_weight_zero_point) -> "
          "c3_weight_dequantized",
          "DequantizeLinear c3_bias_DequantizeLinear(c3_bias_quantized, c3_bias_scale, c3_bias_zero_point) -> "
          "c3_bias_dequantized",
          "Conv c3(r2:0_dequantized, c3_weight_dequantized, c3_bias_dequantized) -> c3:0", "Relu r3(c3:0) -> r3:0"));
}

TEST(Qdq, ComputeRevertedLayerReadsCodesThroughADequantizeLinearPerChannel) {
  const Graph graph = Chain().written({"c2"}, RevertMode::Compute);
  EXPECT_THAT(listed(graph), Contains("DequantizeLinear c2_input_DequantizeLinear(r1:0_quantized, c2_input_scale, "
                                      "c2_input_zero_point) -> c2_input"));
  EXPECT_THAT(listed(graph), Contains("Conv c2(c2_input, c2.weight, c2.bias) -> r2:0"));
  EXPECT_EQ(graph.constants.at("c2_input_scale")->shape, Shape{4});
  EXPECT_EQ(graph.constants.at("c2_input_zero_point")->shape, Shape{4});
  EXPECT_EQ(int_attribute(node_named(graph, "c2_input_DequantizeLinear"), "axis", -9), 1);
  EXPECT_FALSE(GraphIndex(graph).node("r1:0_DequantizeLinear").has_value()) << "nobody reads it";
}

TEST(Qdq, QuantizesAValueOnceForAllItsReaders) {
  SmallNetwork net;
  const auto shared = net.relu("r1", net.conv("c1", "x"));
  net.output(net.conv("a", shared));
  net.output(net.conv("b", shared));
  Quantization q;
  q.activations = {{"x", {0.02F, 128}}, {"r1:0", {0.03F, 0}}};
  for (const auto* name : {"c1", "a", "b"}) quantize_layer(q, net.graph(), name);
  const Graph graph = with_qdq(net.graph(), q, lowered(net.graph(), &q, {}));
  EXPECT_EQ(node_named(graph, "a").inputs[0], node_named(graph, "b").inputs[0]);
  const auto lines = listed(graph);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("Quantize"); }),
            2);
}

TEST(Qdq, KeepsAClipThatTheCodesDoNotCover) {
  const auto with_scale = [](float scale) {
    SmallNetwork net;
    net.output(net.conv("c2", net.clip("clip", net.conv("c1", "x"), 0.0F, 6.0F)));
    Quantization q;
    q.activations = {{"x", {0.02F, 128}}, {"clip:0", {scale, 0}}};
    for (const auto* name : {"c1", "c2"}) quantize_layer(q, net.graph(), name);
    return GraphIndex(with_qdq(net.graph(), q, lowered(net.graph(), &q, {}))).node("clip").has_value();
  };
  EXPECT_FALSE(with_scale(6.0F / 255.0F));
  EXPECT_FALSE(with_scale(3.0F / 255.0F));
  EXPECT_TRUE(with_scale(7.0F / 255.0F));
}

TEST(Qdq, GuardsEveryKindOfFloatLayerThatReadsCodes) {
  SmallNetwork net;
  auto v = net.relu("r1", net.conv("c1", "x"));
  v = net.conv("up", v, {.channels = 5, .kernel = 1, .transposed = true});
  v = net.flatten("flat", net.conv("c2", v, {.channels = 5}));
  net.output(net.gemm("fc", v, 3));
  Quantization q;
  q.activations = {{"x", {0.02F, 128}},
                   {"r1:0", {0.03F, 0}},
                   {"up:0", {0.05F, 128}},
                   {"c2:0", {0.05F, 128}},
                   {"flat:0", {0.05F, 128}}};
  q.passthrough = {"flat"};
  for (const auto* name : {"c1", "c2", "fc"}) quantize_layer(q, net.graph(), name);
  const Graph graph = with_qdq(net.graph(), q, lowered(net.graph(), &q, {"fc"}, RevertMode::Compute));
  EXPECT_EQ(node_named(graph, "up").inputs[0], "up_input");
  EXPECT_EQ(graph.constants.at("up_input_scale")->shape, Shape{4});
  EXPECT_EQ(node_named(graph, "flat").inputs[0], "c2:0_dequantized");
  EXPECT_EQ(node_named(graph, "fc").inputs[0], "fc_input") << "also behind an operator that only moves codes";
  EXPECT_EQ(graph.constants.at("fc_input_scale")->shape, Shape{5 * 64});
}

TEST(Qdq, AGuardOfOneChannelIsAMaximum) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x", {.channels = 1}));
  net.output(net.conv("up", v, {.channels = 5, .kernel = 1, .transposed = true}));
  Quantization q;
  q.activations = {{"x", {0.02F, 128}}, {"r1:0", {0.03F, 0}}};
  quantize_layer(q, net.graph(), "c1");
  const Graph graph = with_qdq(net.graph(), q, lowered(net.graph(), &q, {}));
  EXPECT_THAT(listed(graph), Contains("Max up_input_Max(up_input_dequantized, up_input_lowest) -> up_input"));
  EXPECT_EQ(node_named(graph, "up").inputs[0], "up_input");
}

TEST(Qdq, AFloatMoveInFrontOfAFloatLayerIsGuarded) {
  SmallNetwork net;
  const auto v = net.flatten("flat", net.relu("r1", net.conv("c1", "x")));
  const auto fc = net.gemm("fc", v, 3);
  net.output(fc);
  Quantization q;
  q.activations = {{"x", {0.02F, 128}}, {"r1:0", {0.03F, 0}}};
  q.ignored = {"fc"};
  quantize_layer(q, net.graph(), "c1");
  Lowering lowering = lowered(net.graph(), &q, {});
  const auto flat = GraphIndex(net.graph()).node("flat").value();
  lowering.nodes[flat].reads[0] = Read::Dequantized;  // as where a move makes more of its input
  lowering.codes.insert("r1:0");
  const Graph graph = with_qdq(net.graph(), q, lowering);
  EXPECT_EQ(node_named(graph, "flat").inputs[0], "flat_input");
  EXPECT_EQ(node_named(graph, "flat_input_Max").inputs[0], "flat_input_dequantized");
  EXPECT_EQ(node_named(graph, "fc").inputs[0], "flat:0");
}

TEST(Qdq, AFloatPoolWhosePositionsAreReadKeepsItsFloats) {
  for (const bool read : {false, true}) {
    SmallNetwork net;
    const auto pooled = net.max_pool("pool", net.conv("c1", "x"));
    net.graph().nodes.back().outputs.emplace_back("at");
    if (read) net.graph().outputs.push_back({"at", ElementType::Int64, {-1, 4, 4, 4}, {"N", "", "", ""}});
    net.output(net.conv("c2", pooled));
    Quantization q;
    q.activations = {{"pool:0", {0.02F, 128}}};
    quantize_layer(q, net.graph(), "c2");
    const Graph graph = with_qdq(net.graph(), q, lowered(net.graph(), &q, {}));
    const auto quantized = node_named(graph, "pool:0_QuantizeLinear").inputs[0];
    EXPECT_EQ(quantized == "pool:0", !read);
    if (read) {
      EXPECT_EQ(node_named(graph, "pool:0_Max").outputs[0], quantized);
    }
  }
}

TEST(Qdq, NewNamesNeverMeetOldOnes) {
  Chain chain;
  chain.net.graph().nodes[1].name = "x_QuantizeLinear";
  const Graph graph = chain.written({});
  EXPECT_EQ(graph.nodes[0].name, "x_QuantizeLinear_2");
}

}  // namespace
}  // namespace quantrail
