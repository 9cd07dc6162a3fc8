#include "model/half.h"

#include <gmock/gmock.h>

#include "model/canonical.h"
#include "model/graph_builder.h"
#include "model/infer.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using testing::operators;

constexpr std::int64_t kFloat32 = 1;
constexpr std::int64_t kFloat16 = 10;

TensorPtr half(Shape shape, const std::vector<float>& values) {
  return std::make_shared<const Tensor>(
      narrowed(testing::tensor<float>(std::move(shape), values), ElementType::Float16));
}

Graph widened_graph(const GraphBuilder& b) {
  auto graph = canonicalised(b.graph());
  EXPECT_TRUE(graph) << graph.error().message;
  return std::move(*graph);
}

TEST(Half, ANetworkBetweenCastsBecomesOneOfFloat32) {
  GraphBuilder b;
  const auto x = b.node("Cast", "in", {b.input("x", {-1, 2, 4, 4})}, {{"to", kFloat16}});
  const auto c = b.node("Conv", "conv", {x, b.constant("w", half({1, 2, 1, 1}, {0.5F, 0.1F}))});
  b.output(b.node("Cast", "out", {b.node("Relu", "relu", {c})}, {{"to", kFloat32}}), {-1, 1, 4, 4});
  const auto graph = widened_graph(b);
  EXPECT_THAT(operators(graph), ElementsAre("Conv", "Relu"));
  EXPECT_EQ(graph.nodes[1].outputs[0], "out_out");
  const auto weights = constant_input(graph, graph.nodes[0], 1);
  ASSERT_EQ(weights->type, ElementType::Float32);
  EXPECT_THAT(floats_of(*weights), ElementsAre(0.5F, from_float16(to_float16(0.1F))));
}

TEST(Half, DeclaredInputsAndOutputsKeepTheirTypeBehindACast) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4}, ElementType::Float16);
  b.output(b.node("Add", "sum", {b.node("Relu", "relu", {x}), x}), {-1, 4}, ElementType::Float16);
  const auto graph = widened_graph(b);
  EXPECT_THAT(operators(graph), ElementsAre("Cast", "Relu", "Add", "Cast"));
  EXPECT_EQ(graph.inputs[0].type, ElementType::Float16);
  EXPECT_EQ(graph.outputs[0].type, ElementType::Float16);
  const auto types = specialised(graph, {{"x", {3, 4}}});
  ASSERT_TRUE(types) << types.error().message;
  EXPECT_EQ(types->types.at("sum_out").type, ElementType::Float16);
  EXPECT_EQ(types->types.at("relu_out").type, ElementType::Float32);
}

TEST(Half, AnOutputThatIsReadInsideIsNarrowedForTheOutsideOnly) {
  GraphBuilder b;
  const auto y = b.node("Relu", "relu", {b.input("x", {-1, 4}, ElementType::Float16)});
  b.output(y, {-1, 4}, ElementType::Float16);
  b.output(b.node("Exp", "exp", {y}), {-1, 4}, ElementType::Float16);
  const auto graph = widened_graph(b);
  EXPECT_THAT(operators(graph), ElementsAre("Cast", "Relu", "Exp", "Cast", "Cast"));
  EXPECT_EQ(graph.nodes[2].inputs[0], graph.nodes[1].outputs[0]);
}

TEST(Half, AnInputThatIsAnOutputStaysAsItIs) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4}, ElementType::Float16);
  b.output(x, {-1, 4}, ElementType::Float16);
  b.output(b.node("Relu", "relu", {x}), {-1, 4}, ElementType::Float16);
  EXPECT_THAT(operators(widened_graph(b)), ElementsAre("Cast", "Relu", "Cast"));
}

TEST(Half, BFloat16IsWidenedToo) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 2}, ElementType::BFloat16);
  const auto shift =
      std::make_shared<const Tensor>(narrowed(testing::tensor<float>({2}, {1.5F, 2.0F}), ElementType::BFloat16));
  b.output(b.node("Add", "sum", {x, b.constant("shift", shift)}), {-1, 2}, ElementType::BFloat16);
  const auto graph = widened_graph(b);
  EXPECT_THAT(operators(graph), ElementsAre("Cast", "Add", "Cast"));
  EXPECT_EQ(int_attribute(graph.nodes[2], "to", 0), 16);
}

TEST(Half, OtherCastsStay) {
  GraphBuilder b;
  const auto x = b.node("Cast", "in", {b.input("x", {-1, 4}, ElementType::Int64)}, {{"to", kFloat32}});
  b.output(b.node("Relu", "relu", {x}), {-1, 4});
  EXPECT_THAT(operators(widened_graph(b)), ElementsAre("Cast", "Relu"));
}

}  // namespace
}  // namespace quantrail
