#include "model/quantized_import.h"

#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/code_rule.h"
#include "model/graph_builder.h"
#include "model/load.h"
#include "model/onnx_file.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;

/// Builds quantized graphs: uint8 codes at scale 0.5 around 128.
class Codes {
 public:
  Codes() {
    scale_ = constant<float>("scale", {}, {0.5F});
    zero_ = constant<std::uint8_t>("zero", {}, {128});
  }

  template <class T>
  std::string constant(const std::string& name, Shape shape, const std::vector<T>& values) {
    return b.constant(name, std::make_shared<const Tensor>(Tensor::of<T>(std::move(shape), std::span(values))));
  }
  std::string quantized(const std::string& value) {
    return b.node("QuantizeLinear", value + "_q", {value, scale_, zero_});
  }
  std::string pair(const std::string& value) {
    return b.node("DequantizeLinear", value + "_d", {quantized(value), scale_, zero_});
  }
  std::string weights(const std::string& name, const Shape& shape) {
    const std::vector<std::int8_t> codes(static_cast<std::size_t>(element_count(shape)), 7);
    return b.node("DequantizeLinear", name,
                  {constant<std::int8_t>(name + "_codes", shape, codes), constant<float>(name + "_scale", {}, {0.25F}),
                   constant<std::int8_t>(name + "_zero", {}, {0})});
  }
  [[nodiscard]] const std::string& scale() const { return scale_; }
  [[nodiscard]] const std::string& zero() const { return zero_; }

  GraphBuilder b{};

 private:
  std::string scale_{};
  std::string zero_{};
};

const NodeLowering& lowering_of(const ImportedNetwork& network, const std::string& node) {
  return network.lowering.nodes.at(GraphIndex(network.graph).node(node).value());
}

TEST(QuantizedImport, EachEdgeReadsWhatTheFileSays) {
  Codes c;
  c.b.input("x", {2, 4, 3, 3});
  const auto relu = c.b.node("Relu", "relu", {"x"});
  const auto behind = c.pair(relu);
  c.b.output(c.b.node("Conv", "integer", {behind, c.weights("w", {2, 4, 1, 1})}), {2, 2, 3, 3});
  c.b.output(c.b.node("Conv", "dequantized", {behind, c.b.filled("v", {2, 4, 1, 1}, 0.1F)}), {2, 2, 3, 3});
  c.b.output(c.b.node("Conv", "raw", {relu, "v"}), {2, 2, 3, 3});
  const auto network = imported(canonicalised(c.b.graph()).value());
  ASSERT_TRUE(network.has_value()) << network.error().message;
  EXPECT_THAT(testing::operators(network->graph), ElementsAre("Relu", "Conv", "Conv", "Conv"));
  EXPECT_TRUE(lowering_of(*network, "integer").integer);
  EXPECT_EQ(lowering_of(*network, "integer").reads[0], Read::Codes);
  EXPECT_FALSE(lowering_of(*network, "dequantized").integer);
  EXPECT_EQ(lowering_of(*network, "dequantized").reads[0], Read::Dequantized);
  EXPECT_EQ(lowering_of(*network, "raw").reads[0], Read::Float);
  EXPECT_THAT(network->lowering.codes, Contains(relu));
  EXPECT_THAT(network->lowering.raw, Contains(relu));
  EXPECT_EQ(network->quantization.activations.at(relu), (ActivationParams{0.5F, 128}));
  EXPECT_EQ(network->quantization.layers.at("integer").weights->scale, (std::vector<float>{0.25F}));
}

/// A Relu between two pairs that codes made superfluous leaves this behind.
TEST(QuantizedImport, APairOnWhatAnotherPairGivesHasAPointOfItsOwn) {
  Codes c;
  c.b.input("x", {2, 4, 3, 3});
  const auto first = c.pair("x");
  const auto scale = c.constant<float>("wide", {}, {0.75F});
  const auto zero = c.constant<std::uint8_t>("none", {}, {0});
  const auto codes = c.b.node("QuantizeLinear", "q", {first, scale, zero});
  const auto second = c.b.node("DequantizeLinear", "d", {codes, scale, zero});
  c.b.output(c.b.node("Conv", "one", {first, c.weights("v", {2, 4, 1, 1})}), {2, 2, 3, 3});
  c.b.output(c.b.node("Conv", "two", {second, c.weights("w", {2, 4, 1, 1})}), {2, 2, 3, 3});
  const auto network = imported(canonicalised(c.b.graph()).value());
  ASSERT_TRUE(network.has_value()) << network.error().message;
  EXPECT_THAT(testing::operators(network->graph), ElementsAre("Identity", "Conv", "Conv"));
  EXPECT_EQ(network->graph.nodes[0].inputs[0], "x");
  EXPECT_EQ(network->lowering.nodes[0].reads[0], Read::Dequantized);
  const auto& point = network->graph.nodes[2].inputs[0];
  EXPECT_EQ(point, network->graph.nodes[0].outputs[0]);
  EXPECT_EQ(network->quantization.activations.at("x"), (ActivationParams{0.5F, 128}));
  EXPECT_EQ(network->quantization.activations.at(point), (ActivationParams{0.75F, 0}));
}

TEST(QuantizedImport, SignedCodesAre128Higher) {
  const CodeRule rule{{0.5F}, {-3}, 1, ElementType::Int8};
  EXPECT_EQ(as_uint8(rule, ElementType::Int8), (ActivationParams{0.5F, 125}));
  EXPECT_EQ(as_uint8({{0.5F}, {7}, 1, ElementType::Uint8}, ElementType::Uint8), (ActivationParams{0.5F, 7}));
  EXPECT_EQ(as_uint8(rule, ElementType::Int16), std::nullopt);
  EXPECT_EQ(as_uint8({{0.5F, 0.4F}, {0, 0}, 1, ElementType::Int8}, ElementType::Int8), std::nullopt);
}

TEST(QuantizedImport, AnOutputBehindAPairKeepsItsName) {
  Codes c;
  c.b.input("x", {2, 4});
  const auto y = c.pair(c.b.node("Sigmoid", "s", {"x"}));
  c.b.output(y, {2, 4});
  const auto network = imported(c.b.graph());
  ASSERT_TRUE(network.has_value()) << network.error().message;
  EXPECT_THAT(testing::operators(network->graph), ElementsAre("Sigmoid", "Identity"));
  EXPECT_EQ(network->graph.nodes[1].outputs[0], y);
  EXPECT_EQ(network->lowering.nodes[1].reads, (std::vector<Read>{Read::Dequantized}));
}

TEST(QuantizedImport, WeightsThatAreOnlyStoredAsCodesFold) {
  Codes c;
  c.b.input("x", {2, 4, 3, 3});
  c.b.output(c.b.node("Conv", "conv", {"x", c.weights("w", {2, 4, 1, 1})}), {2, 2, 3, 3});
  const auto graph = canonicalised(c.b.graph());
  ASSERT_TRUE(graph.has_value()) << graph.error().message;
  EXPECT_THAT(testing::operators(*graph), ElementsAre("Conv"));
  EXPECT_FALSE(has_codes(*graph));
  EXPECT_EQ(constant_input(*graph, graph->nodes[0], 1)->values<float>()[0], 1.75F);
}

/// A QLinearMatMul whose left operand has these scales.
Graph integer_product(const std::vector<float>& scales) {
  Codes c;
  c.b.input("x", {3, 4});
  const Shape shape = scales.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())};
  const std::vector<std::uint8_t> zeros(scales.size(), 128);
  const auto b = c.constant<std::int8_t>("b", {4, 2}, std::vector<std::int8_t>(8, 3));
  c.b.output(c.b.node("QLinearMatMul", "product",
                      {c.quantized("x"), c.constant<float>("scales", shape, scales),
                       c.constant<std::uint8_t>("zeros", shape, zeros), b, c.constant<float>("b_scale", {}, {0.1F}),
                       c.constant<std::int8_t>("b_zero", {}, {0}), c.scale(), c.zero()}),
             {3, 2}, ElementType::Uint8);
  return canonicalised(c.b.graph()).value();
}

TEST(QuantizedImport, IntegerLayersBecomeFloatOperatorsBetweenCodes) {
  const auto graph = integer_product({0.5F});
  EXPECT_THAT(testing::operators(graph),
              ElementsAre("QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "MatMul", "QuantizeLinear"));
  const auto network = imported(graph);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  EXPECT_TRUE(lowering_of(*network, "product").integer);
}

TEST(QuantizedImport, ScalesByRowLeaveAnIntegerProduct) {
  EXPECT_THAT(testing::operators(integer_product({0.5F, 0.25F, 0.125F})), Contains("QLinearMatMul"));
}

/// The file of one node of ONNX Runtime's domain.
onnx::ModelProto foreign_file(const std::string& op) {
  Codes c;
  c.b.input("x", {2, 4});
  const auto codes = c.quantized("x");
  c.b.output(c.b.node(op, "foreign", {codes, c.scale(), c.zero()}), {2, 4}, ElementType::Uint8);
  auto model = testing::onnx_model(c.b.graph());
  auto& nodes = *model.mutable_graph()->mutable_node();
  nodes[nodes.size() - 1].set_domain("com.microsoft");
  auto& import = *model.add_opset_import();
  import.set_domain("com.microsoft");
  import.set_version(1);
  return model;
}

Result<Model> loaded(const onnx::ModelProto& model) {
  const testing::ScratchFolder folder;
  testing::write_model(folder / "model.onnx", model);
  return load_model(folder / "model.onnx");
}

TEST(QuantizedImport, ForeignOperatorsOnCodesAreTakenApartOnLoading) {
  auto file = foreign_file("QLinearSigmoid");
  auto& node = *file.mutable_graph()->mutable_node(1);
  node.add_input("scale");
  node.add_input("zero");
  const auto model = loaded(file);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_THAT(testing::operators(model->graph),
              ElementsAre("QuantizeLinear", "DequantizeLinear", "Sigmoid", "QuantizeLinear"));
  EXPECT_EQ(model->graph.nodes[2].name, "foreign");
}

TEST(QuantizedImport, OtherForeignOperatorsAreRefusedByName) {
  const auto unknown = loaded(foreign_file("QAttention"));
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().message, ::testing::AllOf(HasSubstr("'foreign'"), HasSubstr("com.microsoft")));
  const auto short_of_inputs = loaded(foreign_file("QLinearSigmoid"));
  ASSERT_FALSE(short_of_inputs.has_value());
  EXPECT_THAT(short_of_inputs.error().message, ::testing::AllOf(HasSubstr("'foreign'"), HasSubstr("needs 4 inputs")));
}

}  // namespace
}  // namespace quantrail
