// x * sigmoid(x) written as two nodes.
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

struct Silu {
  Network network;
  Silu(std::uint32_t seed, bool gate_first) : network(seed) {
    const auto x = network.conv("conv", network.input("x", {2, 5, 7, 6}), {19, 5, 3, 3});
    network.node("Sigmoid", "gate", {x});
    network.node("Mul", "silu", gate_first ? std::vector<std::string>{"gate", x} : std::vector<std::string>{x, "gate"});
  }
  [[nodiscard]] std::size_t steps_on(const PlanOptions& options, const std::string& node) {
    const auto plan = std::dynamic_pointer_cast<const CompiledPlan>(plan_of(network.graph(), options, 2));
    const auto& steps = plan->program().steps;
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [&](const Step& step) { return step.node == node; }));
  }
};

TEST(PlanSilu, IsComputedByTheFloatConvolutionBeforeIt) {
  for (const bool gate_first : {false, true}) {
    Silu silu(3, gate_first);
    silu.network.output(silu.network.node("GlobalAveragePool", "mean", {"silu"}));
    expect_float_agrees(silu.network);
    EXPECT_EQ(silu.steps_on({}, "gate") + silu.steps_on({}, "silu"), 0U);
  }
}

TEST(PlanSilu, StaysApartWhereItsPartsAreNeeded) {
  for (const std::string needed : {"gate", "conv"}) {
    Silu silu(4, false);
    silu.network.output(silu.network.node("GlobalAveragePool", "mean", {"silu"}));
    silu.network.output(silu.network.node("GlobalMaxPool", "other", {needed}));
    expect_float_agrees(silu.network);
    EXPECT_EQ(silu.steps_on({}, "silu"), 1U);
    EXPECT_EQ(silu.steps_on({}, "gate"), needed == "gate" ? 1U : 0U);
  }
}

TEST(PlanSilu, TappedPartsAreThere) {
  Silu silu(5, false);
  silu.network.output("silu");
  const auto inputs = random_inputs(silu.network, 2);
  const auto expected = expected_values(silu.network.graph(), {}, inputs);
  PlanOptions options;
  options.taps = {"conv", "gate"};
  PlanState state(plan_of(silu.network.graph(), options, 2));
  fill_inputs(state, silu.network.graph(), inputs);
  ASSERT_TRUE(state.run());
  for (std::size_t tap = 0; tap < 2; ++tap) {
    double sum = 0;
    double wanted = 0;
    for (const float value : state.tap(tap).values) sum += static_cast<double>(value);
    for (const float value : expected.at(options.taps[tap]).values<float>()) wanted += static_cast<double>(value);
    EXPECT_NEAR(sum, wanted, 1e-2);
  }
}

TEST(PlanSilu, IsOneTableOnCodesAndRoundsTheSigmoidOnTheWay) {
  for (const bool gate_first : {false, true}) {
    Silu silu(6, gate_first);
    silu.network.output(silu.network.conv("behind", "silu", {4, 19, 1, 1}));
    const auto inputs = random_inputs(silu.network, 2);
    const auto q = quantized(silu.network, inputs, {"conv", "silu", "behind"});
    const PlanOptions options{&q};
    EXPECT_EQ(silu.steps_on(options, "gate"), 0U);
    EXPECT_EQ(silu.steps_on(options, "silu"), runtime_info().int8_exact ? 1U : 2U) << "or one to make floats of codes";
    const auto expected = expected_values(silu.network.graph(), options, inputs).at("behind");
    const auto seen = agreement(computed(silu.network.graph(), options, inputs), expected.values<float>(),
                                q.activations.at("behind"));
    EXPECT_LE(seen.largest, 1);
    EXPECT_LE(seen.different * 50, seen.count);
  }
}

TEST(PlanSilu, ARevertedProductLeavesTheQuantizedOnesAlone) {
  Silu silu(7, false);
  silu.network.output(silu.network.conv("behind", "silu", {4, 19, 1, 1}));
  const auto inputs = random_inputs(silu.network, 2);
  const auto q = quantized(silu.network, inputs, {"conv", "silu", "behind"});
  for (const RevertMode mode : {RevertMode::Full, RevertMode::Compute}) {
    PlanOptions options{&q, {"silu"}, mode, {}};
    const auto expected = expected_values(silu.network.graph(), options, inputs).at("behind");
    const auto seen = agreement(computed(silu.network.graph(), options, inputs), expected.values<float>(),
                                q.activations.at("behind"));
    EXPECT_LE(seen.largest, 1);
    EXPECT_LE(seen.different * 50, seen.count);
  }
}

TEST(PlanSilu, IsNotTakenForTheConvolutionAloneByPlansThatShareACache) {
  Silu silu(9, false);
  silu.network.output(silu.network.conv("behind", "silu", {4, 19, 1, 1}));
  const auto inputs = random_inputs(silu.network, 2);
  const auto q = quantized(silu.network, inputs, {"conv", "gate", "silu", "behind"});
  const std::vector<std::set<std::string, std::less<>>> reverted{
      {"conv"}, {"conv", "gate", "silu"}, {"conv", "gate", "silu", "behind"}, {"gate", "silu"}, {}};
  for (const auto& first : reverted) {
    for (const auto& second : reverted) {
      PlanCache cache;
      const auto in_turn = [&](const auto& groups) {
        const PlanOptions options{&q, groups};
        const auto plan = CompiledPlan::compiled(
            silu.network.graph(), options, input_shapes(silu.network.graph(), 2).value(), cache, processor_here());
        PlanState state(plan.value());
        fill_inputs(state, silu.network.graph(), inputs);
        EXPECT_TRUE(state.run());
        return output_of(state);
      };
      static_cast<void>(in_turn(first));
      EXPECT_EQ(in_turn(second), computed(silu.network.graph(), {&q, second}, inputs))
          << first.size() << " groups, then " << second.size();
    }
  }
}

TEST(PlanSilu, AnyFunctionBetweenCodesIsATable) {
  for (const std::string op : {"Sigmoid", "LeakyRelu", "HardSwish", "Tanh", "HardSigmoid"}) {
    Network network(8);
    const auto x = network.conv("conv", network.input("x", {2, 5, 7, 6}), {19, 5, 3, 3});
    network.output(network.conv("behind", network.node(op, "function", {x}), {4, 19, 1, 1}));
    network.graph().opset = 14;
    const auto inputs = random_inputs(network, 2);
    const auto q = quantized(network, inputs, {"conv", "behind"});
    const PlanOptions options{&q};
    const auto expected = expected_values(network.graph(), options, inputs).at("behind");
    const auto seen =
        agreement(computed(network.graph(), options, inputs), expected.values<float>(), q.activations.at("behind"));
    EXPECT_LE(seen.largest, 1) << op;
    EXPECT_LE(seen.different * 50, seen.count) << op;
  }
}

}  // namespace
}  // namespace quantrail::testing
