// Layers in forms that the fast kernels do not know: they run all the same, with what is fused behind them.
#include "model/interpret.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

/// Output 0 against the interpreter, node by node.
void expect_interpreted_agrees(Network& network, float tolerance = 1e-5F) {
  const Graph& graph = network.graph();
  const auto inputs = random_inputs(network, 2);
  Values values = inputs;
  for (const auto& [name, tensor] : graph.constants) values[name] = *tensor;
  for (const auto& node : graph.nodes) {
    std::vector<const Tensor*> operands;
    for (const auto& value : node.inputs) operands.push_back(value.empty() ? nullptr : &values.at(value));
    auto results = interpreted(node, graph.opset, operands).value();
    for (std::size_t at = 0; at < node.outputs.size(); ++at) values[node.outputs[at]] = std::move(results[at]);
  }
  expect_near(computed(graph, {}, inputs), values.at(graph.outputs[0].name).values<float>(), tolerance);
}

TEST(PlanOddLayers, AConvolutionWithComputedWeightsKeepsWhatIsFusedBehindIt) {
  for (const std::string behind : {"Relu", "Add", "Silu", ""}) {
    Network network;
    const auto x = network.input("x", {2, 3, 6, 6});
    const auto w = network.node("Abs", "w", {network.constant("w0", {4, 3, 3, 3}, 0.2F)});
    const auto other = network.conv("other", x, {4, 3, 3, 3});
    auto y = network.node("Conv", "conv", {x, w});
    if (behind == "Relu") y = network.node("Relu", "y", {y});
    if (behind == "Add") y = network.node("Relu", "y", {network.node("Add", "sum", {other, y})});
    if (behind == "Silu") y = network.node("Mul", "y", {y, network.node("Sigmoid", "gate", {y})});
    network.output(y);
    // Without a batch axis to follow, constant folding would have removed the computed weights.
    expect_interpreted_agrees(network);
  }
}

TEST(PlanOddLayers, GemmInEveryForm) {
  for (int form = 0; form < 16; ++form) {
    Network network(static_cast<std::uint32_t>(form));
    const bool across = (form & 1) != 0;
    const bool by_columns = (form & 2) != 0;
    const auto x = network.input("x", {2, 7});
    const auto rows = across ? std::int64_t{2} : std::int64_t{7};
    const auto w = network.constant("w", by_columns ? Shape{5, rows} : Shape{rows, 5}, 0.5F);
    std::vector<std::string> operands{x, w};
    if ((form & 4) != 0) operands.push_back(network.constant("c", {across ? 7 : 2, 5}, 1.0F));
    network.output(network.node("Gemm", "y", operands,
                                {{"transA", std::int64_t{across}},
                                 {"transB", std::int64_t{by_columns}},
                                 {"alpha", (form & 8) != 0 ? 0.0F : 1.5F},
                                 {"beta", 0.5F}}));
    expect_interpreted_agrees(network);
  }
}

TEST(PlanOddLayers, TransposedConvolutionsWithAllTheirAttributes) {
  kernels::Random random(9);
  for (std::uint32_t round = 0; round < 60; ++round) {
    Network network(round);
    const auto axes = static_cast<std::size_t>(random.integer(1, 3));
    const auto groups = random.integer(1, 3);
    Shape source{2, groups * random.integer(1, 5)};
    Shape weights{source[1], random.integer(1, 4)};
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilations;
    std::vector<std::int64_t> pads(2 * axes, 0);
    std::vector<std::int64_t> output_padding;
    for (std::size_t axis = 0; axis < axes; ++axis) {
      source.push_back(random.integer(2, 6));
      weights.push_back(random.integer(1, 4));
      strides.push_back(random.integer(1, 3));
      dilations.push_back(random.integer(1, 2));
      const auto extent = dilations.back() * (weights.back() - 1);
      pads[axis] = random.integer(0, std::min<std::int64_t>(extent, 2));
      pads[axes + axis] = random.integer(0, std::min<std::int64_t>(extent - pads[axis] + 1, 1));
      output_padding.push_back(random.integer(0, std::max(strides.back(), dilations.back()) - 1));
    }
    std::vector<std::string> operands{network.input("x", source), network.constant("w", weights, 0.4F)};
    if (round % 2 == 0) operands.push_back(network.constant("b", {weights[1] * groups}, 1.0F));
    network.output(network.node("Relu", "y",
                                {network.node("ConvTranspose", "up", operands,
                                              {{"strides", strides},
                                               {"dilations", dilations},
                                               {"pads", pads},
                                               {"output_padding", output_padding},
                                               {"group", groups}})}));
    SCOPED_TRACE(round);
    expect_interpreted_agrees(network);
  }
}

TEST(PlanOddLayers, MaxPoolTellsWhereItsMaximaAre) {
  Network network;
  network.input("x", {2, 3, 6, 5});
  auto& graph = network.graph();
  graph.nodes.push_back(
      {"pool",
       "MaxPool",
       {"x"},
       {"y", "where"},
       {{"kernel_shape", std::vector<std::int64_t>{2, 3}}, {"strides", std::vector<std::int64_t>{2, 1}}},
       {}});
  network.output("y");
  graph.outputs.push_back({"where", ElementType::Int64, {}, {}});
  const auto inputs = random_inputs(network, 2);
  const auto expected = interpreted(graph.nodes[0], graph.opset, std::vector{&inputs.at("x")}).value();
  PlanState state(plan_of(graph, {}, 2));
  fill_inputs(state, graph, inputs);
  ASSERT_TRUE(state.run());
  for (std::size_t output = 0; output < 2; ++output) {
    const auto bytes = state.output(output);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), expected[output].bytes.begin(), expected[output].bytes.end()));
  }
}

TEST(PlanOddLayers, PoolsOfOtherTypesAndRanksAreInterpreted) {
  Network network;
  network.output(network.node("AveragePool", "y", {network.input("x", {2, 2, 3, 3, 3, 3})},
                              {{"kernel_shape", std::vector<std::int64_t>{2, 2, 2, 2}}}));
  expect_interpreted_agrees(network);
}

TEST(PlanOddLayers, NormalisationsOfChannelsAndGroups) {
  for (const std::int64_t opset : {13, 18, 21}) {
    for (const std::size_t threads : {1U, 3U}) {
      SCOPED_TRACE(opset);
      Network network(static_cast<std::uint32_t>(opset));
      network.graph().opset = opset;
      const auto x = network.input("x", {2, 6, 5, 7});
      const auto vector = [&](const std::string& name, std::int64_t size) {
        return network.constant(name, {size}, 1.0F);
      };
      auto y = network.node("InstanceNormalization", "i", {x, vector("iw", 6), vector("ib", 6)}, {{"epsilon", 1e-2F}});
      y = network.node("Add", "shifted", {y, x});
      if (opset >= 18) {
        const std::int64_t count = opset < 21 ? 3 : 6;
        y = network.node("GroupNormalization", "g", {y, vector("gw", count), vector("gb", count)},
                         {{"num_groups", std::int64_t{3}}});
      }
      auto sum = y;
      for (const auto& axes : {std::vector<std::int64_t>{2, 3}, {0, 2, 3}, {-1}, {1, 3}}) {
        const auto name = std::to_string(axes.size()) + std::to_string(axes[0]);
        const auto unit = network.node("MeanVarianceNormalization", "m" + name, {y}, {{"axes", axes}});
        sum = network.node("Add", "sum" + name, {sum, unit});
      }
      network.output(sum);
      const auto inputs = random_inputs(network, 2);
      PlanOptions options;
      options.threads = threads;
      expect_near(computed(network.graph(), options, inputs), computed(network.graph(), {}, inputs), 0.0F);
      expect_interpreted_agrees(network);
    }
  }
}

TEST(PlanOddLayers, CumulativeSumsAndGatheredElementsAlongEachAxis) {
  for (const std::int64_t axis : {0, 1, -1}) {
    SCOPED_TRACE(axis);
    Network network(5);
    const auto x = network.input("x", {2, 4, 6});
    const auto sums = network.node("CumSum", "sums", {x, network.integers("axis", {axis})},
                                   {{"exclusive", std::int64_t{axis == 1}}, {"reverse", std::int64_t{axis == 0}}});
    // Fewer indices than elements along every axis.
    const auto indices = Tensor::of<std::int64_t>({2, 3, 5}, [] {
      std::vector<std::int64_t> values(30);
      for (std::size_t at = 0; at < values.size(); ++at) values[at] = static_cast<std::int64_t>(at % 4) - 2;
      return values;
    }());
    network.output(network.node("GatherElements", "y", {sums, network.constant("indices", indices)}, {{"axis", axis}}));
    expect_interpreted_agrees(network);
  }
}

}  // namespace
}  // namespace quantrail::testing
