#include "model/infer.h"

#include <gmock/gmock.h>

#include "model/graph_builder.h"
#include "model/macs.h"
#include "model/node_names.h"
#include "model/window.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::operators;

/// The shape of the value that one node gives for inputs of the given shapes, or what is said against it.
std::string inferred(const std::string& op, const std::vector<Shape>& shapes,
                     std::map<std::string, Attribute> attributes = {}) {
  GraphBuilder b;
  std::vector<std::string> inputs;
  std::map<std::string, Shape> given;
  for (const auto& shape : shapes) {
    inputs.push_back(b.input("i" + std::to_string(inputs.size()), shape));
    given[inputs.back()] = shape;
  }
  b.output(b.node(op, "n", inputs, std::move(attributes)), {});
  const auto model = specialised(b.graph(), given);
  if (!model) return model.error().message;
  std::string text;
  for (const auto size : model->types.at("n_out").shape) text += (text.empty() ? "" : " ") + std::to_string(size);
  return text;
}

std::vector<std::int64_t> ints(std::initializer_list<std::int64_t> values) { return values; }

TEST(Infer, ConvolutionsCountWindows) {
  EXPECT_EQ(
      inferred("Conv", {{2, 3, 224, 224}, {8, 3, 3, 3}}, {{"strides", ints({2, 2})}, {"pads", ints({1, 1, 1, 1})}}),
      "2 8 112 112");
  EXPECT_EQ(inferred("Conv", {{1, 3, 7, 7}, {8, 3, 3, 3}}, {{"dilations", ints({2, 2})}}), "1 8 3 3");
  EXPECT_EQ(inferred("Conv", {{1, 8, 7}, {8, 1, 3}}, {{"group", std::int64_t{8}}}), "1 8 5");
  EXPECT_EQ(inferred("Conv", {{1, 3, 7, 7}, {8, 3, 3, 3}},
                     {{"auto_pad", std::string("SAME_UPPER")}, {"strides", ints({2, 2})}}),
            "1 8 4 4");
  EXPECT_THAT(inferred("Conv", {{1, 3, 7, 7}, {8, 4, 3, 3}}),
              HasSubstr("node 'n' (Conv, opset 13): an input of shape [1,3,7,7]"));
  EXPECT_THAT(inferred("Conv", {{1, 3, 2, 2}, {8, 3, 3, 3}}), HasSubstr("does not fit"));
  EXPECT_THAT(inferred("Conv", {{1, 3, 7, 7}, {8, 3, 3, 3}}, {{"strides", ints({0, 1})}}),
              HasSubstr("strides holds 0"));
  EXPECT_THAT(inferred("Conv", {{1, 3, 7, 7}, {8, 3, 3, 3}}, {{"group", std::int64_t{0}}}), HasSubstr("in 0 groups"));
}

TEST(Infer, CeilModeDropsAWindowThatStartsInThePadding) {
  const auto pooled = [](std::int64_t size, std::int64_t pad) {
    return inferred("MaxPool", {{1, 1, size}},
                    {{"kernel_shape", ints({2})},
                     {"strides", ints({2})},
                     {"pads", ints({pad, pad})},
                     {"ceil_mode", std::int64_t{1}}});
  };
  EXPECT_EQ(pooled(5, 0), "1 1 3");
  EXPECT_EQ(pooled(5, 1), "1 1 3");  // a fourth window would start at 6 = input + padding before
}

TEST(Infer, SamePaddingPutsTheOddElementWhereItsNameSays) {
  const Node upper{
      .name = "n", .op = "Conv", .attributes = {{"auto_pad", std::string("SAME_UPPER")}, {"strides", ints({2})}}};
  EXPECT_EQ(window_of(upper, {4}, {3})->pads_begin, ints({0}));
  EXPECT_EQ(window_of(upper, {4}, {3})->pads_end, ints({1}));
  const Node lower{
      .name = "n", .op = "Conv", .attributes = {{"auto_pad", std::string("SAME_LOWER")}, {"strides", ints({2})}}};
  EXPECT_EQ(window_of(lower, {4}, {3})->pads_begin, ints({1}));
  EXPECT_EQ(window_of(lower, {4}, {3})->pads_end, ints({0}));
}

TEST(Infer, MatricesMultiplyByNumPysRules) {
  EXPECT_EQ(inferred("MatMul", {{2, 1, 3, 4}, {5, 4, 6}}), "2 5 3 6");
  EXPECT_EQ(inferred("MatMul", {{4}, {4}}), "");
  EXPECT_EQ(inferred("MatMul", {{4}, {2, 4, 3}}), "2 3");
  EXPECT_THAT(inferred("MatMul", {{2, 3}, {2, 3}}), HasSubstr("do not multiply"));
  EXPECT_EQ(inferred("Gemm", {{3, 2}, {4, 3}}, {{"transA", std::int64_t{1}}, {"transB", std::int64_t{1}}}), "2 4");
}

TEST(Infer, UnknownOperatorsAreNamed) {
  EXPECT_EQ(inferred("FancyOp", {{1}}), "node 'n' (FancyOp, opset 13): this operator is not supported");
}

TEST(Infer, ShapesThatAreComputedFromShapesAreFolded) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 3, 4, 4});
  const auto r = b.node("Relu", "relu", {x});
  const auto batch = b.node("Gather", "batch", {b.node("Shape", "shape", {r}), b.integers("zero", {0})});
  const auto wanted = b.node("Concat", "wanted", {batch, b.integers("rest", {-1})}, {{"axis", std::int64_t{0}}});
  b.output(b.node("Reshape", "reshape", {r, wanted}), {-1, 48});
  const auto model = specialised(b.graph(), {{"x", {5, 3, 4, 4}}});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(operators(model->graph), ElementsAre("Relu", "Reshape"));
  EXPECT_EQ(model->graph.outputs[0].shape, (Shape{5, 48}));
  EXPECT_THAT(integers_of(*model->graph.constants.at("wanted_out")), ElementsAre(5, -1));
  EXPECT_FALSE(model->types.contains("shape_out"));
}

TEST(Infer, WhatHasShapesThatDependOnDataComesLate) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4});
  const auto known = b.node("Relu", "relu", {x});
  b.output(known, {-1, 4});
  const auto reshaped =
      b.node("Reshape", "reshape", {b.node("Neg", "neg", {known}), b.input("s", {2}, ElementType::Int64)});
  b.output(b.node("Add", "add", {reshaped, b.filled("one", {1}, 1.0F)}), {-1, -1});
  b.node("Abs", "unused", {reshaped});
  const auto model = specialised(b.graph(), {{"x", {5, 4}}, {"s", {2}}});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_THAT(node_names(model->graph), ElementsAre("relu", "neg"));
  EXPECT_EQ(model->own_outputs, 1U);
  ASSERT_EQ(model->graph.outputs.size(), 3U);
  EXPECT_EQ(model->graph.outputs[0].name, known);
  EXPECT_THAT(model->late.reads, ElementsAre("neg_out", "s"));
  EXPECT_EQ(model->late.nodes.size(), 2U);
  EXPECT_TRUE(model->late.constants.contains("one"));
  EXPECT_THAT(model->late.outputs, ElementsAre("add_out"));
  EXPECT_FALSE(model->types.contains("add_out"));
}

TEST(Infer, AnUnknownOperatorBehindDataIsRefusedAtOnce) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4});
  b.output(b.node("Nonsense", "odd", {b.node("NonZero", "found", {x})}), {-1});
  const auto model = specialised(b.graph(), {{"x", {5, 4}}});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().cause, Cause::Unsupported);
  EXPECT_THAT(model.error().message, HasSubstr("node 'odd' (Nonsense, opset 13): this operator is not supported"));
}

TEST(Infer, InputShapesMustFitTheDeclaredOnes) {
  GraphBuilder b;
  b.output(b.node("Relu", "relu", {b.input("x", {-1, 4})}), {-1, 4});
  EXPECT_THAT(specialised(b.graph(), {}).error().message, HasSubstr("input 'x': no shape is given"));
  EXPECT_THAT(specialised(b.graph(), {{"x", {2, 5}}}).error().message,
              HasSubstr("shape [2,5] does not fit the declared [-1,4]"));
  EXPECT_THAT(specialised(b.graph(), {{"x", {std::int64_t{1} << 50U, 4}}}).error().message,
              HasSubstr("input 'x': shape [1125899906842624,4] is too large"));
}

TEST(InputShapes, TakeTheBatchWhereItIsOpen) {
  GraphBuilder open;
  open.input("x", {-1, 4});
  EXPECT_EQ(input_shapes(open.graph(), 8)->at("x"), (Shape{8, 4}));
  EXPECT_EQ(fixed_batch(open.graph()), std::nullopt);
  GraphBuilder fixed;
  fixed.input("x", {2, 4});
  EXPECT_EQ(fixed_batch(fixed.graph()), 2);
  EXPECT_EQ(input_shapes(fixed.graph(), 2)->at("x"), (Shape{2, 4}));
  EXPECT_THAT(input_shapes(fixed.graph(), 8).error().message, HasSubstr("fixed batch of 2, not 8"));
  GraphBuilder unknown;
  unknown.input("x", {-1, -1});
  EXPECT_THAT(input_shapes(unknown.graph(), 8).error().message,
              HasSubstr("input 'x': the size of axis 1 is not known"));
}

TEST(Infer, TellsNetworksThatTakeWholeSamples) {
  const auto whole = [](const std::vector<Shape>& shapes) {
    std::vector<ValueInfo> inputs;
    for (const auto& shape : shapes) inputs.push_back({"x", ElementType::Float32, shape, {}});
    return takes_whole_samples(inputs);
  };
  EXPECT_TRUE(whole({{1, 16}, {}})) << "a single number";
  EXPECT_TRUE(whole({{1, 16}, {2, 1, 24}}));
  EXPECT_TRUE(whole({{-1, 16}, {2, -1, 24}}));
  EXPECT_TRUE(whole({{1, 8}, {-1, 2}, {2}}));
  EXPECT_FALSE(whole({{4, 16}, {4, 24}})) << "a fixed batch";
  EXPECT_FALSE(whole({{-1, 16}, {-1, 24}}));
  EXPECT_FALSE(whole({{-1, 16}, {1, 24}})) << "a batch of one";
  EXPECT_FALSE(whole({}));

  Graph graph;
  graph.inputs = {{"sound", ElementType::Float32, {-1, 16}, {}}, {"states", ElementType::Float32, {2, 3}, {}}};
  EXPECT_EQ(fixed_batch(graph), 1);
  EXPECT_EQ(input_shapes(graph, 1)->at("sound"), (Shape{1, 16}));
  EXPECT_EQ(input_shapes(graph, 1)->at("states"), (Shape{2, 3}));
  EXPECT_THAT(input_shapes(graph, 2).error().message, HasSubstr("no batch in common: the model takes one sample"));
}

TEST(Infer, ConstantsAreComputedOnlyWhereThatTakesNoLongTime) {
  for (const std::int64_t size : {20, 2000}) {
    GraphBuilder b;
    const auto w = b.filled("w", {size, size}, 0.01F);
    const auto x = b.input("x", {-1, size});
    b.output(b.node("Add", "sum", {x, b.node("MatMul", "product", {w, w})}), {-1, size});
    const auto model = specialised(b.graph(), {{"x", {size, size}}});
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->graph.nodes.size(), size == 20 ? 1U : 2U);
  }
}

TEST(MultiplyAdds, AreOfOneSample) {
  GraphBuilder b;
  const auto x = b.input("x", {-1, 4, 5, 5});
  const auto deep = b.node("Conv", "depthwise", {x, b.filled("w", {4, 1, 3, 3}, 1)}, {{"group", std::int64_t{4}}});
  const auto up = b.node("ConvTranspose", "up", {deep, b.filled("u", {4, 2, 2, 2}, 1)}, {{"strides", ints({2, 2})}});
  const auto flat = b.node("Flatten", "flat", {up});
  b.output(b.node("Gemm", "fc", {flat, b.filled("g", {10, 72}, 1)}, {{"transB", std::int64_t{1}}}), {-1, 10});
  const auto model = specialised(b.graph(), {{"x", {3, 4, 5, 5}}});
  ASSERT_TRUE(model) << model.error().message;
  const auto macs = multiply_adds(*model, 3);
  EXPECT_EQ(macs.at("depthwise"), 4 * 3 * 3 * 9);
  EXPECT_EQ(macs.at("up"), 4 * 3 * 3 * 2 * 4);
  EXPECT_EQ(macs.at("fc"), 72 * 10);
}

TEST(MultiplyAdds, AreThoseOfRecurrentLayersAndEinsumsToo) {
  GraphBuilder b;
  const auto x = b.input("x", {7, -1, 5});
  const auto sequence = b.node("GRU", "gru", {x, b.filled("w", {1, 12, 5}, 1), b.filled("r", {1, 12, 4}, 1)},
                               {{"hidden_size", std::int64_t{4}}});
  const auto states =
      b.node("Einsum", "mix", {sequence, b.filled("m", {4, 9}, 1)}, {{"equation", std::string("tdnh,hk->ntk")}});
  b.output(states, {-1, 7, 9});
  const auto model = specialised(b.graph(), {{"x", {7, 3, 5}}});
  ASSERT_TRUE(model) << model.error().message;
  const auto macs = multiply_adds(*model, 3);
  EXPECT_EQ(macs.at("gru"), 7 * 12 * (5 + 4));
  EXPECT_EQ(macs.at("mix"), 7 * 4 * 9);
}

}  // namespace
}  // namespace quantrail
