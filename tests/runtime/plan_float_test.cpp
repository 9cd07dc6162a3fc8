#include <gmock/gmock.h>

#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

TEST(PlanFloat, FusesReluAndClipIntoConvolutions) {
  Network net;
  const auto a = net.node("Relu", "a", {net.conv("c1", net.input("x", {1, 4, 6, 6}), {8, 4, 1, 1})});
  net.constant("lo", Tensor::of<float>({}, std::vector{-0.25F}));
  net.constant("hi", Tensor::of<float>({}, std::vector{0.5F}));
  net.output(net.node("Clip", "b", {net.conv("c2", a, {8, 8, 1, 1}), "lo", "hi"}));
  const auto plan = plan_of(net.graph(), {}, 1);
  // Two convolutions, and the change of layout in front and behind.
  EXPECT_EQ(static_cast<const CompiledPlan&>(*plan).program().steps.size(), 4U);
  expect_float_agrees(net);
}

TEST(PlanFloat, AccumulatesResidualsOntoWhatTheyAreAddedTo) {
  Network net(3);
  const auto stem = net.node("Relu", "stem", {net.conv("c0", net.input("x", {1, 4, 6, 6}), {8, 4, 1, 1})});
  const auto inner = net.node("Relu", "inner", {net.conv("c1", stem, {8, 8, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}})});
  const auto sum = net.node("Add", "sum", {net.conv("c2", inner, {8, 8, 1, 1}), stem});
  net.output(net.node("Relu", "y", {sum}));
  const auto plan = plan_of(net.graph(), {}, 1);
  EXPECT_EQ(static_cast<const CompiledPlan&>(*plan).program().steps.size(), 5U);
  expect_float_agrees(net);
}

TEST(PlanFloat, KeepsWhatIsReadAgainAfterAnAddition) {
  Network net(3);
  const auto stem = net.conv("c0", net.input("x", {1, 4, 6, 6}), {8, 4, 1, 1});
  const auto sum = net.node("Add", "sum", {stem, net.conv("c1", stem, {8, 8, 1, 1})});
  net.output(net.node("Mul", "y", {sum, stem}));
  expect_float_agrees(net);
}

TEST(PlanFloat, AddsTheResultsOfTwoConvolutions) {
  Network net(4);
  net.input("x", {1, 4, 6, 6});
  net.output(net.node(
      "Add", "sum",
      {net.conv("main", "x", {8, 4, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}), net.conv("short", "x", {8, 4, 1, 1})}));
  expect_float_agrees(net);
}

TEST(PlanFloat, MultipliesMatrices) {
  Network net(5);
  net.input("x", {1, 24});
  const auto hidden =
      net.node("Gemm", "hidden", {"x", net.constant("w1", {17, 24}, 0.3F), net.constant("b1", {17}, 1.0F)},
               {{"transB", std::int64_t{1}}});
  net.output(net.node(
      "Gemm", "y", {net.node("Relu", "r", {hidden}), net.constant("w2", {17, 9}, 0.3F), net.constant("b2", {1}, 1.0F)},
      {{"alpha", 0.5F}, {"beta", 2.0F}}));
  expect_float_agrees(net, 3);
}

TEST(PlanFloat, MultipliesStacksOfMatrices) {
  Network net(6);
  net.input("a", {1, 2, 5, 7});
  net.input("b", {1, 2, 7, 3});
  const auto product = net.node("MatMul", "product", {"a", "b"});
  net.output(net.node("MatMul", "y", {product, net.constant("w", {3, 11}, 0.5F)}));
  expect_float_agrees(net, 3);
}

TEST(PlanFloat, SpreadsTransposedConvolutions) {
  constexpr std::int64_t kIn = 5;
  constexpr std::int64_t kOut = 10;  // 2 * (5 - 1) + 3 + 1 - 1 - 1
  Network net(12);
  net.input("x", {1, 4, kIn, kIn});
  const std::map<std::string, Attribute> attributes{
      {"group", std::int64_t{2}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}, {"output_padding", Ints{1, 1}}};
  net.output(net.node("ConvTranspose", "y", {"x", net.constant("w", {4, 3, 3, 3}, 0.3F), net.constant("b", {6}, 1.0F)},
                      attributes));
  const auto inputs = random_inputs(net, 2);
  const auto x = inputs.at("x").values<float>();
  const auto w = net.graph().constants.at("w")->values<float>();
  const auto b = net.graph().constants.at("b")->values<float>();
  std::vector<double> expected(2 * 6 * kOut * kOut);
  for (std::size_t at = 0; at < expected.size(); ++at) expected[at] = static_cast<double>(b[at / (kOut * kOut) % 6]);
  kernels::for_each_index({2, 4, kIn, kIn, 3, 3, 3}, [&](const kernels::Sizes& i) {
    const std::int64_t row = i[2] * 2 - 1 + i[5];
    const std::int64_t column = i[3] * 2 - 1 + i[6];
    if (row < 0 || column < 0 || row >= kOut || column >= kOut) return;
    const std::int64_t channel = i[1] / 2 * 3 + i[4];
    expected[kernels::offset({2, 6, kOut, kOut}, {i[0], channel, row, column})] +=
        static_cast<double>(x[kernels::offset({2, 4, kIn, kIn}, {i[0], i[1], i[2], i[3]})]) *
        static_cast<double>(w[kernels::offset({4, 3, 3, 3}, {i[1], i[4], i[5], i[6]})]);
  });
  expect_near(computed(net.graph(), {}, inputs), std::vector<float>(expected.begin(), expected.end()), 1e-5F);
}

TEST(PlanFloat, RunsSqueezeAndExcitation) {
  Network net(8);
  const auto x = net.conv("c0", net.input("x", {1, 3, 8, 8}), {12, 3, 3, 3},
                          {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  const auto swish = net.node("HardSwish", "swish", {x});
  const auto squeezed =
      net.node("Relu", "squeezed", {net.conv("fc1", net.node("GlobalAveragePool", "pool", {swish}), {4, 12, 1, 1})});
  const auto gate =
      net.node("HardSigmoid", "gate", {net.conv("fc2", squeezed, {12, 4, 1, 1})}, {{"alpha", 1.0F / 6.0F}});
  net.output(net.node("Mul", "y", {swish, gate}));
  expect_float_agrees(net);
}

TEST(PlanFloat, MovesDataInEitherLayout) {
  Network net(9);
  const auto x = net.conv("c0", net.input("x", {1, 3, 6, 6}), {6, 3, 1, 1});
  const auto left = net.node("MaxPool", "left", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const auto right = net.node("AveragePool", "right", {x}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const auto joined = net.node("Concat", "joined", {left, right, left}, {{"axis", std::int64_t{1}}});
  const auto wider = net.node("Pad", "wider", {joined, net.integers("pads", {0, 1, 1, 2, 0, 0, 1, 0})});
  const auto part = net.node("Slice", "part",
                             {wider, net.integers("starts", {3, 0}), net.integers("ends", {15, 4}),
                              net.integers("axes", {1, 3}), net.integers("steps", {2, 1})});
  const auto turned = net.node("Transpose", "turned", {part}, {{"perm", Ints{0, 2, 3, 1}}});
  const auto flat = net.node("Reshape", "flat", {turned, net.integers("shape", {0, -1})});
  net.output(net.node("Softmax", "y", {flat}, {{"axis", std::int64_t{1}}}));
  expect_float_agrees(net);
}

TEST(PlanFloat, BroadcastsChannelsAndReducesSpace) {
  Network net(10);
  const auto x = net.conv("c0", net.input("x", {1, 3, 5, 4}), {6, 3, 1, 1});
  const auto scaled = net.node("Mul", "scaled", {x, net.constant("scale", {6, 1, 1}, 1.0F)});
  const auto shifted = net.node("Sub", "shifted", {net.constant("shift", {1, 6, 1, 1}, 1.0F), scaled});
  const auto rows = net.node("Add", "rows", {shifted, net.constant("row", {5, 4}, 1.0F)});
  net.output(net.node("ReduceMean", "y", {rows}, {{"axes", Ints{2, 3}}, {"keepdims", std::int64_t{0}}}));
  expect_float_agrees(net);
}

}  // namespace
}  // namespace quantrail::testing
