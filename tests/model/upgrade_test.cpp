#include "model/upgrade.h"

#include <gmock/gmock.h>

#include "model/graph_builder.h"
#include "model/infer.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::operators;

std::vector<std::int64_t> ints(std::initializer_list<std::int64_t> values) { return values; }

/// One node of an old opset on an input of shape [N,3,8,8], upgraded.
Graph old(std::int64_t opset, const std::string& op, std::map<std::string, Attribute> attributes,
          const Shape& shape = {-1, 3, 8, 8}) {
  GraphBuilder b(opset);
  b.output(b.node(op, "n", {b.input("x", shape)}, std::move(attributes)), {});
  auto graph = upgraded(b.graph());
  EXPECT_TRUE(graph) << graph.error().message;
  return graph ? *graph : Graph{};
}

Shape result_shape(const Graph& graph, const Shape& input = {2, 3, 8, 8}) {
  const auto model = specialised(graph, {{"x", input}});
  EXPECT_TRUE(model) << model.error().message;
  return model ? model->types.at("n_out").shape : Shape{};
}

TEST(Upgrade, ClipBoundsBecomeInputs) {
  const auto graph = old(6 + 1, "Clip", {{"min", 0.0F}, {"max", 6.0F}});
  EXPECT_EQ(graph.opset, 13);
  const Node& clip = graph.nodes[0];
  EXPECT_TRUE(clip.attributes.empty());
  EXPECT_THAT(floats_of(*constant_input(graph, clip, 1)), ElementsAre(0.0F));
  EXPECT_THAT(floats_of(*constant_input(graph, clip, 2)), ElementsAre(6.0F));
  const auto upper = old(10, "Clip", {{"max", 6.0F}});
  EXPECT_EQ(upper.nodes[0].inputs[1], "");
  EXPECT_THAT(floats_of(*constant_input(upper, upper.nodes[0], 2)), ElementsAre(6.0F));
}

TEST(Upgrade, AxesBecomeInputs) {
  EXPECT_EQ(result_shape(old(11, "Unsqueeze", {{"axes", ints({0, 5})}})), (Shape{1, 2, 3, 8, 8, 1}));
  EXPECT_EQ(result_shape(old(11, "Squeeze", {{"axes", ints({1})}}, {-1, 1, 8}), {2, 1, 8}), (Shape{2, 8}));
  EXPECT_EQ(result_shape(old(11, "ReduceSum", {{"axes", ints({2, 3})}, {"keepdims", std::int64_t{0}}})), (Shape{2, 3}));
  EXPECT_EQ(result_shape(old(9, "Slice", {{"starts", ints({1})}, {"ends", ints({-1})}, {"axes", ints({2})}})),
            (Shape{2, 3, 6, 8}));
  EXPECT_EQ(result_shape(old(9, "Pad", {{"pads", ints({0, 0, 1, 2, 0, 0, 3, 4})}})), (Shape{2, 3, 12, 14}));
}

TEST(Upgrade, SplitSizesBecomeAnInput) {
  GraphBuilder b(11);
  const auto parts = b.nodes("Split", "n", {b.input("x", {-1, 3, 8, 8})}, {"n_out", "rest"},
                             {{"axis", std::int64_t{1}}, {"split", ints({1, 2})}});
  b.output(parts[0], {-1, 1, 8, 8});
  EXPECT_EQ(result_shape(*upgraded(b.graph())), (Shape{2, 1, 8, 8}));
}

TEST(Upgrade, UpsampleBecomesAnAsymmetricResize) {
  const auto graph = old(8, "Upsample", {{"scales", std::vector<float>{1, 1, 2, 3}}, {"mode", std::string("nearest")}});
  EXPECT_THAT(operators(graph), ElementsAre("Resize"));
  EXPECT_EQ(result_shape(graph), (Shape{2, 3, 16, 24}));
  EXPECT_EQ(string_attribute(graph.nodes[0], "coordinate_transformation_mode", ""), "asymmetric");
  EXPECT_EQ(string_attribute(graph.nodes[0], "nearest_mode", ""), "floor");
}

TEST(Upgrade, SoftmaxOverTheLastAxisNeedsNothingNew) {
  const auto graph = old(11, "Softmax", {}, {-1, 10});
  EXPECT_THAT(operators(graph), ElementsAre("Softmax"));
  EXPECT_EQ(int_attribute(graph.nodes[0], "axis", 0), -1);
}

TEST(Upgrade, SoftmaxOverChannelsOfOnePixelKeepsItsAxis) {
  const auto graph = old(11, "Softmax", {}, {-1, 10, 1, 1});
  EXPECT_THAT(operators(graph), ElementsAre("Softmax"));
  EXPECT_EQ(int_attribute(graph.nodes[0], "axis", 0), 1);
}

TEST(Upgrade, SoftmaxOverSeveralAxesIsOneOverTheirProduct) {
  const auto graph = old(11, "Softmax", {});
  EXPECT_THAT(operators(graph), ElementsAre("Flatten", "Softmax", "Shape", "Reshape"));
  EXPECT_EQ(graph.nodes[1].name, "n");
  EXPECT_EQ(result_shape(graph), (Shape{2, 3, 8, 8}));
}

TEST(Upgrade, TrainingLeftoversOfBatchNormalizationGo) {
  GraphBuilder b(7);
  const auto x = b.input("x", {-1, 2, 4, 4});
  std::vector<std::string> inputs{x};
  for (const auto name : {"s", "h", "m", "v"}) inputs.push_back(b.filled(name, {2}, 1.0F));
  b.nodes("BatchNormalization", "n", inputs, {"n_out", "m2", "v2", "sm", "sv"}, {{"spatial", std::int64_t{1}}});
  b.output("n_out", {-1, 2, 4, 4});
  const auto graph = upgraded(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_THAT(graph->nodes[0].outputs, ElementsAre("n_out"));
  EXPECT_FALSE(graph->nodes[0].attributes.contains("spatial"));
}

TEST(Upgrade, NewerGraphsAreLeftAlone) {
  GraphBuilder b(17);
  b.output(b.node("Softmax", "n", {b.input("x", {-1, 3, 8})}), {-1, 3, 8});
  const auto graph = upgraded(b.graph());
  ASSERT_TRUE(graph);
  EXPECT_EQ(graph->opset, 17);
  EXPECT_FALSE(graph->nodes[0].attributes.contains("axis"));
}

}  // namespace
}  // namespace quantrail
