#include "runtime/plan_check.h"
#include "runtime/tile_linear.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;
const std::map<std::string, Attribute> kSame{{"pads", Ints{1, 1, 1, 1}}};

/// A stem, a residual block, a shortcut with its own convolution, pooling and a classifier.
Network residual_network(std::uint32_t seed) {
  Network net(seed);
  const auto stem = net.node("Relu", "stem", {net.conv("c0", net.input("x", {1, 3, 12, 12}), {16, 3, 3, 3}, kSame)});
  const auto pooled = net.node("MaxPool", "pooled", {stem}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const auto a = net.node("Relu", "a", {net.conv("c1", pooled, {16, 16, 3, 3}, kSame)});
  const auto block =
      net.node("Relu", "block", {net.node("Add", "add1", {net.conv("c2", a, {16, 16, 3, 3}, kSame), pooled})});
  const auto main = net.conv("c3", block, {24, 16, 1, 1});
  const auto shortcut = net.conv("c4", block, {24, 16, 3, 3}, kSame);
  const auto sum = net.node("Add", "add2", {main, shortcut});
  const auto flat = net.node("Flatten", "flat", {net.node("GlobalAveragePool", "gap", {sum})});
  net.output(net.node("Gemm", "y", {flat, net.constant("w", {10, 24}, 0.3F), net.constant("b", {10}, 0.3F)},
                      {{"transB", std::int64_t{1}}}));
  return net;
}

const std::vector<std::string> kResidualLayers{"c0", "c1", "c2", "add1", "c3", "c4", "add2", "gap", "y"};
const std::set<std::string> kResidualMoves{"pooled", "flat"};

/// Largest difference, in steps of the range that `expected` covers: rounding ties of early layers travel on.
float relative_error(const std::vector<float>& actual, std::span<const float> expected) {
  float largest = 0.0F;
  float range = 0.0F;
  for (std::size_t at = 0; at < actual.size(); ++at) {
    largest = std::max(largest, std::abs(actual[at] - expected[at]));
    range = std::max(range, std::abs(expected[at]));
  }
  return largest / range;
}

void expect_agrees(Network& net, const PlanOptions& options, const Values& inputs) {
  const auto& output = net.graph().outputs[0].name;
  const auto expected = expected_values(net.graph(), options, inputs).at(output);
  EXPECT_LE(relative_error(computed(net.graph(), options, inputs), expected.values<float>()), 2.0F / 255.0F);
}

TEST(PlanQuantized, RunsAResidualNetworkInIntegers) {
  auto net = residual_network(1);
  const auto inputs = random_inputs(net, 3);
  const auto q = quantized(net, inputs, kResidualLayers, kResidualMoves);
  expect_agrees(net, {&q}, inputs);
}

TEST(PlanQuantized, KeepsEverythingBetweenInputAndOutputInCodes) {
  auto net = residual_network(1);
  const auto q = quantized(net, random_inputs(net, 1), kResidualLayers, kResidualMoves);
  const auto plan = plan_of(net.graph(), {&q}, 1, {true});
  // The input is quantized once; every unit is one step, with both additions in the convolutions before them where
  // there are tiles, Flatten none; nothing is dequantized.
  const std::size_t additions = runs_on_tiles({MatMulShape{{64, 64}, {64, 64}, {64, 64}}, ElementType::Uint8}) ? 0 : 2;
  EXPECT_EQ(static_cast<const CompiledPlan&>(*plan).program().steps.size(), 1U + 8U + additions);
}

TEST(PlanQuantized, RevertsEachLayerInBothModes) {
  auto net = residual_network(2);
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, kResidualLayers, kResidualMoves);
  for (const RevertMode mode : {RevertMode::Full, RevertMode::Compute}) {
    for (const auto& layer : kResidualLayers) {
      SCOPED_TRACE(layer + ", " + std::string(name_of(mode)));
      expect_agrees(net, {&q, {layer}, mode}, inputs);
    }
    expect_agrees(net, {&q, {kResidualLayers.begin(), kResidualLayers.end()}, mode}, inputs);
  }
}

TEST(PlanQuantized, WithEverythingRevertedIsTheFloatNetworkToTheBit) {
  auto net = residual_network(3);
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, kResidualLayers, kResidualMoves);
  const PlanOptions all{&q, {kResidualLayers.begin(), kResidualLayers.end()}};
  EXPECT_EQ(computed(net.graph(), all, inputs), computed(net.graph(), {}, inputs));
}

TEST(PlanQuantized, UsesCorrectedBiasesWhileALayerRunsInIntegers) {
  auto net = residual_network(4);
  const auto inputs = random_inputs(net, 2);
  auto q = quantized(net, inputs, kResidualLayers, kResidualMoves);
  const auto before = computed(net.graph(), {&q}, inputs);
  q.bias_edits["c1"] = std::vector<float>(16, 0.7F);
  EXPECT_NE(computed(net.graph(), {&q}, inputs), before);
  expect_agrees(net, {&q}, inputs);
  expect_agrees(net, {&q, {"c1"}}, inputs);
}

TEST(PlanQuantized, KeepsCodesThatAreReadAgainAfterAnAddition) {
  Network net(11);
  const auto a = net.conv("a", net.input("x", {1, 3, 6, 6}), {8, 3, 1, 1});
  const auto b = net.conv("b", a, {8, 8, 1, 1});
  const auto sum = net.node("Add", "sum", {a, b});  // may not lie on a, nor on b
  const auto twice = net.node("Add", "twice", {sum, a});
  net.output(net.conv("y", net.node("Add", "all", {twice, b}), {4, 8, 1, 1}));
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, {"a", "b", "sum", "twice", "all", "y"});
  expect_agrees(net, {&q}, inputs);
}

TEST(PlanQuantized, JoinsCodesOfDifferentScales) {
  Network net(5);
  net.input("x", {1, 4, 6, 6});
  const auto a = net.node("Relu", "a", {net.conv("c1", "x", {5, 4, 1, 1})});
  const auto b = net.conv("c2", "x", {7, 4, 3, 3}, kSame);
  const auto joined = net.node("Concat", "joined", {a, b}, {{"axis", std::int64_t{1}}});
  net.output(net.conv("y", joined, {6, 12, 1, 1}));
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, {"c1", "c2", "joined", "y"});
  expect_agrees(net, {&q}, inputs);
}

TEST(PlanQuantized, ClipsToBoundsInsideTheRangeOfTheCodes) {
  Network net(6);
  net.constant("lo", Tensor::of<float>({}, std::vector{-0.4F}));
  net.constant("hi", Tensor::of<float>({}, std::vector{0.6F}));
  const auto clipped =
      net.node("Clip", "clipped", {net.conv("c", net.input("x", {1, 4, 6, 6}), {8, 4, 1, 1}), "lo", "hi"});
  net.output(net.node("Flatten", "flat", {clipped}));
  const auto inputs = random_inputs(net, 2);
  auto q = quantized(net, inputs, {"c"});
  q.activations["clipped"] = {0.01F, 100};  // covers [-1, 1.55]
  const auto expected = expected_values(net.graph(), {&q}, inputs).at("flat");
  const auto found = agreement(computed(net.graph(), {&q}, inputs), expected.values<float>(), q.activations["clipped"]);
  EXPECT_LE(found.largest, 1);
  EXPECT_LE(found.different * 200, found.count);
}

TEST(PlanQuantized, SurvivesDeadChannelsAndTinyScales) {
  Network net(7);
  const auto y = net.conv("c", net.input("x", {1, 4, 5, 5}), {6, 4, 1, 1});
  net.output(net.node("Flatten", "flat", {y}));
  auto weights = *net.graph().constants.at("c_w");
  for (std::size_t at = 0; at < 4; ++at) weights.values<float>()[at] = 0.0F;
  net.constant("c_w", weights);
  const auto inputs = random_inputs(net, 2);
  auto q = quantized(net, inputs, {"c"});
  for (const float scale : {1.0F, 1e-12F, 1e-38F}) {
    q.layers["c"].weights->scale[0] = scale;
    const auto expected = expected_values(net.graph(), {&q}, inputs).at("flat");
    const auto found = agreement(computed(net.graph(), {&q}, inputs), expected.values<float>(), q.activations["c"]);
    EXPECT_LE(found.largest, 1) << scale;
    EXPECT_LE(found.different * 100, found.count) << scale;
  }
}

TEST(PlanQuantized, ComputesElementwiseLayersFromCodesExactly) {
  for (const std::string op : {"Sigmoid", "HardSwish", "Relu", "LeakyRelu"}) {
    Network net(8);
    const auto act =
        net.node(op, "act", {net.node("Add", "sum", {net.input("x", {1, 4, 5, 5}), net.input("z", {1, 4, 5, 5})})});
    net.output(net.node("Flatten", "flat", {net.node("Mul", "product", {act, "x"})}));
    const auto inputs = random_inputs(net, 2);
    std::vector<std::string> layers{"sum", "act", "product"};
    const auto q = quantized(net, inputs, layers);
    const auto expected = expected_values(net.graph(), {&q}, inputs).at("flat");
    const auto found =
        agreement(computed(net.graph(), {&q}, inputs), expected.values<float>(), q.activations.at("product"));
    EXPECT_LE(found.largest, 1) << op;
    EXPECT_LE(found.different * 20, found.count) << op;
  }
}

TEST(PlanQuantized, LeavesFloatResultsWhereFloatIsAsked) {
  auto net = residual_network(9);
  net.output("add1");  // a graph output in the middle of the integer chain
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, kResidualLayers, kResidualMoves);
  PlanState state(plan_of(net.graph(), {&q}, 2));
  fill_inputs(state, net.graph(), inputs);
  ASSERT_TRUE(state.run());
  const auto expected = expected_values(net.graph(), {&q}, inputs);
  EXPECT_LE(relative_error(output_of(state, 0), expected.at("y").values<float>()), 2.0F / 255.0F);
  EXPECT_LE(relative_error(output_of(state, 1), expected.at("add1").values<float>()), 2.0F / 255.0F);
}

TEST(PlanQuantized, MultipliesMatricesInIntegers) {
  Network net(10);
  const auto product = net.node("MatMul", "product", {net.input("x", {1, 6, 40}), net.constant("w", {40, 24}, 0.2F)});
  net.output(net.node("Flatten", "flat", {product}));
  const auto inputs = random_inputs(net, 3);
  const auto q = quantized(net, inputs, {"product"});
  const auto expected = expected_values(net.graph(), {&q}, inputs).at("flat");
  const auto found =
      agreement(computed(net.graph(), {&q}, inputs), expected.values<float>(), q.activations.at("product"));
  EXPECT_LE(found.largest, 1);
  EXPECT_LE(found.different * 200, found.count);
}

}  // namespace
}  // namespace quantrail::testing
