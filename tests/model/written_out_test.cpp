// Operators that others stand for: what is left of them once a model is loaded. What they compute is held to ONNX
// Runtime by the cases in tests/recorded; here is what those cannot show.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "model/canonical.h"
#include "model/composed_network.h"
#include "model/interpret.h"
#include "model/load.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::node_named;
using testing::onnx_model;
using testing::operators;
using ::testing::Pointwise;
using testing::tensor;

using Values = std::map<std::string, Tensor>;

constexpr std::int64_t kNewestIr = 11;

Result<Model> read(const GraphBuilder& b) { return parsed_model(onnx_model(b.graph(), kNewestIr).SerializeAsString()); }

std::string refused(const GraphBuilder& b) {
  const auto model = read(b);
  return model ? "loaded" : model.error().message;
}

/// The graph's first output.
std::vector<float> output_of(const Graph& graph, Values values) {
  for (const auto& [name, value] : graph.constants) values[name] = *value;
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> operands;
    for (const auto& input : node.inputs) operands.push_back(input.empty() ? nullptr : &values.at(input));
    auto outputs = interpreted(node, graph.opset, operands);
    if (!outputs) throw std::runtime_error(node.name + ": " + outputs.error().message);
    for (std::size_t at = 0; at < node.outputs.size(); ++at) values[node.outputs[at]] = std::move((*outputs)[at]);
  }
  return floats_of(values.at(graph.outputs[0].name));
}

/// Queries [batch, 1, queries, 1], keys and values [batch, 1, keys, 1]: -1 where a size is open.
GraphBuilder attention_of(std::int64_t batch, std::int64_t queries, std::int64_t keys,
                          const std::vector<std::string>& more, std::map<std::string, Attribute> attributes = {}) {
  GraphBuilder b(24);
  std::vector<std::string> inputs{b.input("q", {batch, 1, queries, 1}), b.input("k", {batch, 1, keys, 1}),
                                  b.input("v", {batch, 1, keys, 1})};
  inputs.insert(inputs.end(), more.begin(), more.end());
  b.output(b.node("Attention", "attend", std::move(inputs), std::move(attributes)), {batch, 1, queries, 1});
  return b;
}

// Keys of 0 are alike, so that a query gets the mean of the values that it may see.
Values alike(std::int64_t queries, const std::vector<float>& values) {
  const std::int64_t keys = std::ssize(values);
  return {{"q", tensor<float>({1, 1, queries, 1}, std::vector<float>(static_cast<std::size_t>(queries), 1))},
          {"k", tensor<float>({1, 1, keys, 1}, std::vector<float>(values.size(), 0))},
          {"v", tensor<float>({1, 1, keys, 1}, values)}};
}

TEST(Attention, IsProductsThatAreQuantizedLikeOthers) {
  const auto model = read(attention_of(-1, -1, -1, {}));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(model->graph), ElementsAre("Mul", "Transpose", "Mul", "MatMul", "Softmax", "MatMul"));
  EXPECT_EQ(node_named(model->graph, "attend").op, "MatMul") << "the last one keeps the name";
}

TEST(Attention, SeesOnlyEarlierKeysWhereItIsCausal) {
  for (const std::int64_t size : {-1, 3}) {
    const auto model = read(attention_of(size < 0 ? -1 : 1, size, size, {}, {{"is_causal", std::int64_t{1}}}));
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(output_of(model->graph, alike(3, {1, 3, 8})), ElementsAre(1, 2, 4)) << size;
  }
}

TEST(Attention, MasksAreConstantsWhereSizesAreKnown) {
  const auto model = read(attention_of(-1, 3, 3, {}, {{"is_causal", std::int64_t{1}}}));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(canonicalised(model->graph).value()),
              ElementsAre("Mul", "Transpose", "Mul", "MatMul", "Add", "Softmax", "MatMul"));
}

TEST(Attention, LeavesOutKeysBehindTheEndOfItsMask) {
  for (const bool logical : {true, false}) {
    auto b = attention_of(1, 2, 3, {"mask"});
    logical ? b.constant("mask", testing::shared_tensor<bool>({2, 2}, {true, false, true, true}))
            : b.floats("mask", {2, 2}, {0, -std::numeric_limits<float>::infinity(), 0, 0});
    const auto model = read(b);
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(output_of(model->graph, alike(2, {1, 3, 100})), ElementsAre(1, 2)) << logical;
  }
}

TEST(Attention, GivesZeroToAQueryThatSeesNothing) {
  auto b = attention_of(1, 2, 2, {"mask"});
  b.constant("mask", testing::shared_tensor<bool>({2, 2}, {true, true, false, false}));
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(output_of(model->graph, alike(2, {1, 3})), ElementsAre(2, 0));
}

/// With a size of 16 the scale is 1/4: exp(4 / 4) : 1 for one key of ones against one of zeros.
TEST(Attention, TakesTheSizeOfHeadsFromTheDataWhereItIsOpen) {
  GraphBuilder b(23);
  b.output(b.node("Attention", "attend",
                  {b.input("q", {-1, 1, -1, -1}), b.input("k", {-1, 1, -1, -1}), b.input("v", {-1, 1, -1, -1})}),
           {-1, 1, -1, -1});
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  std::vector<float> q(16, 0);
  std::fill(q.begin(), q.begin() + 4, 1.0F);
  std::vector<float> k(32, 0);
  std::fill(k.begin(), k.begin() + 16, 1.0F);
  std::vector<float> v(32, 0);
  v[0] = 1;
  const auto y = output_of(model->graph, {{"q", tensor<float>({1, 1, 1, 16}, q)},
                                          {"k", tensor<float>({1, 1, 2, 16}, k)},
                                          {"v", tensor<float>({1, 1, 2, 16}, v)}});
  const float e = std::exp(1.0F);
  EXPECT_NEAR(y[0], e / (e + 1), 1e-6);
}

TEST(Attention, HandsOverKeysAndValues) {
  GraphBuilder b(23);
  const std::vector<std::string> inputs{b.input("q", {-1, 1, 1, 2}), b.input("k", {-1, 1, 1, 2}),
                                        b.input("v", {-1, 1, 1, 2})};
  b.nodes("Attention", "attend", inputs, {"y", "keys", "values"});
  b.output("keys", {-1, 1, 1, 2});
  b.output("y", {-1, 1, 1, 2});
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(output_of(model->graph, {{"q", tensor<float>({1, 1, 1, 2}, {1, 2})},
                                       {"k", tensor<float>({1, 1, 1, 2}, {3, 4})},
                                       {"v", tensor<float>({1, 1, 1, 2}, {5, 6})}}),
              ElementsAre(3, 4));
}

TEST(Attention, RefusesWhatMakesNoSense) {
  EXPECT_THAT(refused(attention_of(1, 2, 2, {}, {{"scale", -1.0F}})),
              HasSubstr("node 'attend' (Attention, opset 24): scale -1 is not positive"));
  EXPECT_THAT(refused(attention_of(1, 2, 2, {}, {{"qk_matmul_output_mode", std::int64_t{4}}})),
              HasSubstr("qk_matmul_output_mode 4 is none, 0 to 3 are"));
  EXPECT_THAT(refused(attention_of(1, 2, 2, {}, {{"softmax_precision", std::int64_t{7}}})),
              HasSubstr("softmax_precision 7 is no type of floats"));
  GraphBuilder b(23);
  const auto x = b.input("x", {-1, 4, 6});
  b.output(b.node("Attention", "flat", {x, x, x}), {-1, 4, 6});
  EXPECT_THAT(refused(b), HasSubstr("needs q_num_heads and kv_num_heads for inputs of three axes"));
  GraphBuilder shared(23);
  const auto y = shared.input("x", {-1, 4, 6});
  shared.output(shared.node("Attention", "flat", {y, y, y},
                            {{"q_num_heads", std::int64_t{3}}, {"kv_num_heads", std::int64_t{2}}}),
                {-1, 4, 6});
  EXPECT_THAT(refused(shared), HasSubstr("3 heads of queries cannot share 2 of keys"));
  GraphBuilder open(23);
  const auto z = open.input("x", {-1, -1, 4, 6});
  open.output(open.node("Attention", "open", {z, z, z}), {-1, -1, 4, 6});
  EXPECT_THAT(refused(open), HasSubstr("the number of its heads is open, a fixed one is needed"));
  GraphBuilder told(23);
  const auto t = told.input("x", {-1, -1, 4, 6});
  const std::map<std::string, Attribute> heads{{"q_num_heads", std::int64_t{3}}, {"kv_num_heads", std::int64_t{3}}};
  told.output(told.node("Attention", "told", {t, t, t}, heads), {-1, -1, 4, 6});
  EXPECT_EQ(refused(told), "loaded") << "attributes say it";
}

TEST(Rotary, TurnsPairsOfElements) {
  GraphBuilder b(23);
  const auto x = b.input("x", {-1, -1, 4});
  b.floats("cos", {2, 2}, {1, 1, 0, 1});
  b.floats("sin", {2, 2}, {0, 0, 1, 0});
  b.output(b.node("RotaryEmbedding", "turn", {x, "cos", "sin", b.input("at", {-1, -1}, ElementType::Int64)},
                  {{"num_heads", std::int64_t{1}}}),
           {-1, -1, 4});
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  // The first and the third element are a pair, which position 1 turns by a right angle.
  EXPECT_THAT(output_of(model->graph, {{"x", tensor<float>({1, 2, 4}, {1, 2, 3, 4, 1, 2, 3, 4})},
                                       {"at", tensor<std::int64_t>({1, 2}, {0, 1})}}),
              ElementsAre(1, 2, 3, 4, -3, 2, 1, 4));
}

TEST(Rotary, RefusesWhatItCannotTurn) {
  GraphBuilder b(23);
  b.filled("cache", {2, 5, 3}, 1);
  b.output(b.node("RotaryEmbedding", "turn", {b.input("x", {2, 1, 5, 4}), "cache", "cache"},
                  {{"rotary_embedding_dim", std::int64_t{6}}}),
           {2, 1, 5, 4});
  EXPECT_THAT(refused(b), HasSubstr("node 'turn' (RotaryEmbedding, opset 23): cannot turn 6 of 4 elements of a head"));
}

GraphBuilder rms(std::int64_t axis, Shape shape) {
  GraphBuilder b(23);
  b.filled("scale", {1}, 3);
  b.output(b.node("RMSNormalization", "norm", {b.input("x", shape), "scale"}, {{"axis", axis}, {"epsilon", 0.0F}}),
           shape);
  return b;
}

TEST(RootMeanSquare, DividesByTheRootOfTheMeanSquare) {
  for (const std::int64_t axis : {1, -2}) {
    const auto model = read(rms(axis, {-1, -1, 2}));
    ASSERT_TRUE(model) << model.error().message;
    // Squares 1, 9, 49, 41: mean 25.
    const float last = std::sqrt(41.0F);
    EXPECT_THAT(output_of(model->graph, {{"x", tensor<float>({1, 2, 2}, {1, -3, 7, last})}}),
                Pointwise(FloatNear(1e-6F), {0.6F, -1.8F, 4.2F, 0.6F * last}));
  }
}

TEST(RootMeanSquare, RefusesAxesThatAreNotThere) {
  EXPECT_THAT(refused(rms(3, {-1, 2, 2})),
              HasSubstr("node 'norm' (RMSNormalization, opset 23): axis 3 of 3 is not there"));
  EXPECT_THAT(refused(rms(std::numeric_limits<std::int64_t>::min(), {-1, 2})), HasSubstr("is not there"));
}

TEST(Swish, IsAProductWithASigmoid) {
  GraphBuilder b(24);
  b.output(b.node("Swish", "swish", {b.input("x", {-1, 4})}), {-1, 4});
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(model->graph), ElementsAre("Sigmoid", "Mul"));
}

TEST(TensorScatter, WritesWhereEachSampleIs) {
  GraphBuilder b(24);
  const std::vector<std::string> inputs{b.input("past", {-1, -1, 1}), b.input("new", {-1, -1, 1}),
                                        b.input("at", {-1}, ElementType::Int64)};
  b.output(b.node("TensorScatter", "scatter", inputs, {{"mode", std::string("circular")}}), {-1, -1, 1});
  const auto model = read(b);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(output_of(model->graph, {{"past", tensor<float>({2, 3, 1}, {1, 2, 3, 4, 5, 6})},
                                       {"new", tensor<float>({2, 2, 1}, {10, 20, 30, 40})},
                                       {"at", tensor<std::int64_t>({2}, {0, 2})}}),
              ElementsAre(10, 20, 3, 40, 5, 30));
}

TEST(TensorScatter, RefusesTheBatchAsItsAxis) {
  GraphBuilder b(24);
  b.output(b.node("TensorScatter", "scatter", {b.input("past", {2, 3}), b.input("new", {2, 1})},
                  {{"axis", std::int64_t{-2}}}),
           {2, 3});
  EXPECT_THAT(refused(b),
              HasSubstr("node 'scatter' (TensorScatter, opset 24): axis -2 is not one behind the batch of 2 axes"));
}

TEST(WrittenOut, KnowShapesThatConditionsDependOn) {
  auto b = rms(-1, {-1, 4});
  auto model = onnx_model(b.graph(), kNewestIr);
  auto& graph = *model.mutable_graph();
  testing::fill(*graph.add_initializer(), "one", tensor<std::int64_t>({}, {1}));
  testing::fill(*graph.add_initializer(), "four", tensor<std::int64_t>({}, {4}));
  graph.mutable_node(0)->set_output(0, "normal");
  *graph.add_node() = testing::node_proto("Shape", "shape", {"normal"}, {"sizes"});
  *graph.add_node() = testing::node_proto("Gather", "size", {"sizes", "one"}, {"width"});
  *graph.add_node() = testing::node_proto("Equal", "equal", {"width", "four"}, {"same"});
  *graph.add_node() =
      testing::if_proto("which", "same", "norm_out", testing::node_proto("Relu", "relu", {"normal"}, {"taken"}),
                        testing::node_proto("Tanh", "tanh", {"normal"}, {"taken"}));
  const auto known = parsed_model(model.SerializeAsString());
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(operators(canonicalised(known->graph).value()).back(), "Relu");
}

}  // namespace
}  // namespace quantrail
