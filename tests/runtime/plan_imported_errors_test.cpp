// Quantized networks that are wrong: refused by the node's name.
#include <gmock/gmock.h>

#include "model/canonical.h"
#include "runtime/plan_check.h"
#include "runtime/qdq_network.h"

namespace quantrail::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const Graph& graph) {
  const auto canonical = canonicalised(graph);
  if (!canonical) return canonical.error().message;
  PlanCache cache;
  const auto plan = Plan::build(*canonical, {}, 2, cache);
  return plan ? "accepted" : plan.error().message;
}

/// x -> quantize "q" -> dequantize "d" -> Conv "conv" with stored weights behind "w".
Graph pair_and_layer() {
  Network net;
  const auto float_of = [&](const std::string& name, Shape shape, float value) {
    const std::vector<float> values(static_cast<std::size_t>(element_count(shape)), value);
    return net.constant(name, Tensor::of<float>(std::move(shape), values));
  };
  net.input("x", {2, 3, 4, 4});
  float_of("scale", {}, 0.1F);
  net.constant("zero", Tensor::zeros(ElementType::Uint8, {}));
  net.node("QuantizeLinear", "q", {"x", "scale", "zero"});
  net.node("DequantizeLinear", "d", {"q", "scale", "zero"});
  net.constant("codes", Tensor::zeros(ElementType::Int8, {5, 3, 1, 1}));
  float_of("w_scale", {5}, 0.01F);
  net.constant("w_zero", Tensor::zeros(ElementType::Int8, {5}));
  net.node("DequantizeLinear", "w", {"codes", "w_scale", "w_zero"}, {{"axis", std::int64_t{0}}});
  net.node("Conv", "conv", {"d", "w"});
  net.output("conv");
  return net.graph();
}

void replace(Graph& graph, const std::string& name, Tensor tensor) {
  graph.constants[name] = std::make_shared<const Tensor>(std::move(tensor));
}

Tensor floats(Shape shape, const std::vector<float>& values) { return Tensor::of<float>(std::move(shape), values); }

TEST(PlanImportedErrors, TheNetworkItselfIsFine) { EXPECT_EQ(refusal(pair_and_layer()), "accepted"); }

TEST(PlanImportedErrors, ScalesThatAreNoPositiveNumbers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float scale : {0.0F, -0.5F, kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    auto graph = pair_and_layer();
    replace(graph, "scale", floats({}, {scale}));
    EXPECT_THAT(refusal(graph), AllOf(HasSubstr("node 'q'"), HasSubstr("not a positive number"))) << scale;
    graph = pair_and_layer();
    replace(graph, "w_scale", floats({5}, {1.0F, 1.0F, scale, 1.0F, 1.0F}));
    EXPECT_THAT(refusal(graph), AllOf(HasSubstr("node 'w'"), HasSubstr("not a positive number"))) << scale;
  }
}

TEST(PlanImportedErrors, ZeroPointsOfAnotherType) {
  auto graph = pair_and_layer();
  graph.nodes[1].inputs[2] = "other";
  replace(graph, "other", Tensor::zeros(ElementType::Int8, {}));
  EXPECT_THAT(refusal(graph), AllOf(HasSubstr("node 'd'"), HasSubstr("differ in type")));
  graph = pair_and_layer();
  replace(graph, "w_zero", Tensor::zeros(ElementType::Uint8, {5}));
  EXPECT_THAT(refusal(graph), AllOf(HasSubstr("node 'w'"), HasSubstr("differ in type")));
  graph = pair_and_layer();
  replace(graph, "zero", floats({}, {0.0F}));
  EXPECT_THAT(refusal(graph), HasSubstr("node 'q'"));
}

TEST(PlanImportedErrors, ScalesAndZeroPointsOfTheWrongLength) {
  const auto wrong = floats({4}, std::vector(4, 0.1F));
  auto graph = pair_and_layer();
  replace(graph, "w_scale", wrong);
  EXPECT_THAT(refusal(graph), HasSubstr("node 'w'"));
  graph = pair_and_layer();
  replace(graph, "w_zero", Tensor::zeros(ElementType::Int8, {4}));
  EXPECT_THAT(refusal(graph), HasSubstr("node 'w'"));
  graph = pair_and_layer();
  replace(graph, "w_scale", floats({0}, {}));
  EXPECT_THAT(refusal(graph), HasSubstr("node 'w'"));
  // All the same value, so that it could pass for one scale.
  graph = pair_and_layer();
  replace(graph, "scale", wrong);
  replace(graph, "zero", Tensor::zeros(ElementType::Uint8, {4}));
  EXPECT_THAT(refusal(graph), HasSubstr("node 'q'"));
  graph = pair_and_layer();
  graph.nodes[1].inputs = {"q", "vector", "zeros"};
  replace(graph, "vector", wrong);
  replace(graph, "zeros", Tensor::zeros(ElementType::Uint8, {4}));
  EXPECT_THAT(refusal(graph), HasSubstr("node 'd'"));
}

TEST(PlanImportedErrors, AnAxisThatIsNotThere) {
  auto graph = pair_and_layer();
  graph.nodes[2].attributes["axis"] = std::int64_t{4};
  EXPECT_THAT(refusal(graph), HasSubstr("node 'w'"));
}

/// x -> quantize -> QLinearConv "layer" -> codes.
Graph integer_layer() {
  Graph graph = pair_and_layer();
  graph.nodes.resize(1);
  replace(graph, "bias", Tensor::zeros(ElementType::Int32, {5}));
  graph.nodes.push_back({.name = "layer",
                         .op = "QLinearConv",
                         .inputs = {"q", "scale", "zero", "codes", "w_scale", "w_zero", "scale", "zero", "bias"},
                         .outputs = {"y"}});
  graph.outputs = {{"y", ElementType::Uint8, {}, {}}};
  return graph;
}

TEST(PlanImportedErrors, IntegerLayersThatAreWrong) {
  EXPECT_EQ(refusal(integer_layer()), "accepted");
  auto graph = integer_layer();
  replace(graph, "scale", floats({}, {-1.0F}));
  EXPECT_THAT(refusal(graph), HasSubstr("not a positive number"));
  graph = integer_layer();
  replace(graph, "w_scale", floats({4}, std::vector(4, 0.1F)));
  EXPECT_THAT(refusal(graph), HasSubstr("layer"));
  graph = integer_layer();
  replace(graph, "bias", Tensor::zeros(ElementType::Int32, {3}));
  EXPECT_THAT(refusal(graph), HasSubstr("layer"));
  graph = integer_layer();
  replace(graph, "zero", Tensor::zeros(ElementType::Int32, {}));
  EXPECT_NE(refusal(graph), "accepted");
}

}  // namespace
}  // namespace quantrail::testing
