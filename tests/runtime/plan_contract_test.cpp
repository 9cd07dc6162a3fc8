#include <gmock/gmock.h>

#include <thread>

#include "runtime/form.h"
#include "runtime/kernels_layout.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using ::testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

/// Depthwise-separable, with operators of every kind of step.
Network mixed_network() {
  Network net(21);
  const auto stem = net.node("Relu", "stem",
                             {net.conv("c0", net.input("x", {1, 3, 15, 15}), {16, 3, 3, 3},
                                       {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}})});
  const auto depthwise = net.node(
      "Relu", "dw", {net.conv("c1", stem, {16, 1, 3, 3}, {{"group", std::int64_t{16}}, {"pads", Ints{1, 1, 1, 1}}})});
  const auto sum = net.node("Add", "sum", {net.conv("c2", depthwise, {16, 16, 1, 1}), stem});
  const auto flat = net.node("Flatten", "flat", {net.node("GlobalAveragePool", "gap", {sum})});
  net.output(net.node("Softmax", "y", {net.node("Gemm", "fc", {flat, net.constant("w", {16, 7}, 0.5F)})}));
  return net;
}
const std::vector<std::string> kMixedLayers{"c0", "c1", "c2", "sum", "gap", "fc"};

Values slice_of_batch(const Values& inputs, std::int64_t at) {
  Values one;
  for (const auto& [name, tensor] : inputs) {
    Shape shape = tensor.shape;
    const auto per_sample = tensor.values<float>().size() / static_cast<std::size_t>(shape[0]);
    shape[0] = 1;
    one[name] =
        Tensor::of<float>(shape, tensor.values<float>().subspan(static_cast<std::size_t>(at) * per_sample, per_sample));
  }
  return one;
}

TEST(PlanContract, ResultsDoNotDependOnThePlaceInTheBatch) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 5);
  const auto q = quantized(net, inputs, kMixedLayers, {"flat"});
  for (const auto* quantization : {static_cast<const Quantization*>(nullptr), &q}) {
    const auto together = computed(net.graph(), {quantization}, inputs);
    for (std::int64_t at = 0; at < 5; ++at) {
      // Each sample, first of five and surrounded by others.
      Values rotated = inputs;
      auto values = rotated["x"].values<float>();
      std::rotate(values.begin(), values.begin() + at * static_cast<std::ptrdiff_t>(values.size() / 5), values.end());
      const auto alone = computed(net.graph(), {quantization}, rotated);
      for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(alone[i], together[static_cast<std::size_t>(at) * 7 + i]);
    }
  }
}

TEST(PlanContract, IntegerResultsDoNotDependOnTheBatchSize) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 3);
  const auto q = quantized(net, inputs, {"c0", "c1", "c2", "sum", "gap"});
  net.graph().outputs[0].name = "gap";
  const auto together = computed(net.graph(), {&q}, inputs);
  for (std::int64_t at = 0; at < 3; ++at) {
    const auto alone = computed(net.graph(), {&q}, slice_of_batch(inputs, at));
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(alone[i], together[static_cast<std::size_t>(at) * 16 + i]);
  }
}

TEST(PlanContract, OnePlanServesManyThreads) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, kMixedLayers, {"flat"});
  const auto plan = plan_of(net.graph(), {&q}, 2);
  const auto expected = computed(net.graph(), {&q}, inputs);
  std::vector<std::vector<float>> results(4);
  {
    std::vector<std::jthread> threads;
    for (auto& result : results) {
      threads.emplace_back([&] {
        PlanState state(plan);
        fill_inputs(state, net.graph(), inputs);
        for (int round = 0; round < 3; ++round) EXPECT_TRUE(state.run());
        result = output_of(state);
      });
    }
  }
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST(PlanContract, PlansOfOneGraphShareACache) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 2);
  const auto q = quantized(net, inputs, kMixedLayers, {"flat"});
  PlanCache cache;
  for (const auto& options : {PlanOptions{}, PlanOptions{&q}, PlanOptions{&q, {"c1"}},
                              PlanOptions{&q, {"c1"}, RevertMode::Compute}, PlanOptions{&q}}) {
    auto plan = Plan::build(net.graph(), options, 2, cache);
    ASSERT_TRUE(plan) << plan.error().message;
    PlanState state(*plan);
    fill_inputs(state, net.graph(), inputs);
    ASSERT_TRUE(state.run());
    EXPECT_EQ(output_of(state), computed(net.graph(), options, inputs));
  }
}

TEST(PlanContract, RunsAgainWithTheSameInput) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 2);
  PlanState state(plan_of(net.graph(), {}, 2));
  fill_inputs(state, net.graph(), inputs);
  ASSERT_TRUE(state.run());
  const auto first = output_of(state);
  ASSERT_TRUE(state.run());
  EXPECT_EQ(output_of(state), first);
}

std::vector<float> plain(const TapView& tap) {
  std::vector<float> values(tap.values.begin(), tap.values.end());
  if (tap.channels_last) kernels::to_channels_first(tap.values, channels_of(tap.shape), values);
  return values;
}

TEST(PlanContract, TapsShowValuesBeforeTheirActivation) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 2);
  const auto expected = expected_values(net.graph(), {}, inputs);
  PlanState state(plan_of(net.graph(), {nullptr, {}, RevertMode::Full, {"c0", "sum", "gap", "x"}}, 2));
  fill_inputs(state, net.graph(), inputs);
  ASSERT_TRUE(state.run());
  const TapView conv = state.tap(0);
  EXPECT_EQ(conv.shape, (Shape{2, 16, 8, 8}));
  ASSERT_TRUE(conv.channels_last);
  EXPECT_TRUE(std::any_of(conv.values.begin(), conv.values.end(), [](float value) { return value < 0.0F; }));
  expect_near(plain(conv), expected.at("c0").values<float>(), 1e-5F);
  expect_near(plain(state.tap(1)), expected.at("sum").values<float>(), 1e-5F);
  expect_near(plain(state.tap(2)), expected.at("gap").values<float>(), 1e-5F);
  expect_near(plain(state.tap(3)), inputs.at("x").values<float>(), 0.0F);
  expect_near(output_of(state), expected.at("y").values<float>(), 1e-5F);
}

TEST(PlanContract, FleetingTapsShowTheSameInLessMemory) {
  auto net = mixed_network();
  const auto inputs = random_inputs(net, 2);
  PlanOptions options;
  for (const auto& node : net.graph().nodes) options.taps.push_back(node.outputs[0]);
  options.taps.emplace_back("x");
  const auto keeping = plan_of(net.graph(), options, 2);
  options.fleeting_taps = true;
  const auto fleeting = plan_of(net.graph(), options, 2);
  EXPECT_LT(fleeting->activation_bytes(), keeping->activation_bytes());
  PlanState kept(keeping);
  PlanState shown(fleeting);
  for (auto* state : {&kept, &shown}) fill_inputs(*state, net.graph(), inputs);
  ASSERT_TRUE(kept.run());
  std::vector<int> seen(options.taps.size(), 0);
  ASSERT_TRUE(shown.run([&](std::size_t tap, const TapView& view) {
    SCOPED_TRACE(options.taps[tap]);
    ++seen[tap];
    const TapView expected = kept.tap(tap);
    EXPECT_EQ(view.shape, expected.shape);
    EXPECT_EQ(view.channels_last, expected.channels_last);
    EXPECT_TRUE(std::equal(view.values.begin(), view.values.end(), expected.values.begin(), expected.values.end()));
  }));
  EXPECT_EQ(seen, std::vector<int>(options.taps.size(), 1));
  expect_near(output_of(shown), output_of(kept), 0.0F);
}

TEST(PlanContract, RefusesATapThatIsNotThere) {
  auto net = mixed_network();
  PlanCache cache;
  const auto plan = Plan::build(net.graph(), {nullptr, {}, RevertMode::Full, {"nothing"}}, 1, cache);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error(), (Error{Cause::InvalidInput, "there is no value \"nothing\" to tap"}));
}

TEST(PlanContract, NamesNodeOperatorAndOpsetOfWhatItCannotRun) {
  Network net;
  net.input("x", {1, 3, 4, 4});
  net.output(net.node("ImageDecoder", "deformed", {"x", "x"}));
  PlanCache cache;
  const auto plan = Plan::build(net.graph(), {}, 3, cache);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().cause, Cause::Unsupported);
  EXPECT_THAT(plan.error().message,
              ::testing::AllOf(HasSubstr("deformed"), HasSubstr("ImageDecoder"), HasSubstr("opset 13")));
}

TEST(PlanContract, SaysInputsAndOutputsWithTheirBatch) {
  auto net = mixed_network();
  const auto plan = plan_of(net.graph(), {}, 3);
  EXPECT_EQ(plan->batch(), 3);
  EXPECT_EQ(plan->inputs()[0].shape, (Shape{3, 3, 15, 15}));
  EXPECT_EQ(plan->outputs()[0].shape, (Shape{3, 7}));
  EXPECT_GT(plan->activation_bytes(), 3U * 3U * 15U * 15U * 4U);
}

TEST(PlanContract, RunsRareOperatorsThroughTheInterpreter) {
  Network net;
  net.input("x", {1, 6});
  const auto cast =
      net.node("Cast", "whole",
               {net.node("Mul", "tenfold", {"x", net.constant("ten", Tensor::of<float>({}, std::vector{10.0F}))})},
               {{"to", std::int64_t{7}}});
  net.output(net.node("Cast", "y", {cast}, {{"to", std::int64_t{1}}}));
  const auto inputs = random_inputs(net, 2);
  const auto result = computed(net.graph(), {}, inputs);
  for (std::size_t at = 0; at < result.size(); ++at) {
    EXPECT_EQ(result[at], std::trunc(inputs.at("x").values<float>()[at] * 10.0F));
  }
}

TEST(MicroBatch, FollowsTheFixedBatchTheLargestActivationOrTheWeights) {
  Network small(1);
  small.output(small.conv("y", small.input("x", {1, 3, 8, 8}), {4, 3, 1, 1}));
  EXPECT_EQ(micro_batch(small.graph()), 8);
  small.graph().inputs[0].shape[0] = 5;
  EXPECT_EQ(micro_batch(small.graph()), 5);
  small.graph().inputs[0].shape[0] = 0;
  EXPECT_THAT(micro_batch(small.graph()).error().message, HasSubstr("a fixed batch of 0"));
  Network large(1);
  large.output(large.conv("y", large.input("x", {1, 3, 224, 224}), {32, 3, 1, 1}));
  EXPECT_EQ(micro_batch(large.graph()), 1);
  Network heavy(1);
  const auto wide = heavy.conv("w", heavy.input("x", {1, 3, 120, 120}), {20, 3, 1, 1});
  heavy.output(heavy.conv("y", wide, {1024, 20, 8, 8}, {{"strides", std::vector<std::int64_t>{8, 8}}}));
  EXPECT_EQ(micro_batch(heavy.graph()), 8);
}

/// [N, steps, 4] to [steps, N, 4].
Network steps_first(std::int64_t steps) {
  Network net;
  net.output(
      net.node("Transpose", "y", {net.input("x", {1, steps, 4})}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}}));
  return net;
}

TEST(MicroBatch, IsOneWhereTheFirstAxisCountsSomethingElseThatIsAsMany) {
  EXPECT_EQ(micro_batch(steps_first(7).graph()), 1);
  EXPECT_EQ(micro_batch(steps_first(8).graph()), 1);
}

TEST(MicroBatch, TellsAFixedBatchFromStepsThatAreAsMany) {
  Network steps = steps_first(6);
  steps.graph().inputs[0].shape[0] = 6;
  EXPECT_FALSE(first_axis_is_batch(steps.graph(), "y"));
  steps.graph().inputs[0].shape[0] = -1;
  EXPECT_TRUE(first_axis_is_batch(steps.graph(), "y"));
  Network flat;
  flat.output(flat.node("Reshape", "y", {flat.input("x", {1, 6, 4}), flat.integers("to", {6, -1})}));
  flat.graph().inputs[0].shape[0] = 6;
  EXPECT_TRUE(first_axis_is_batch(flat.graph(), "y")) << "exported for six samples";
}

TEST(RuntimeInfo, NamesTheBackend) {
  EXPECT_EQ(runtime_info().backend.substr(0, 7), "oneDNN ");
  EXPECT_FALSE(runtime_info().isa.empty());
}

}  // namespace
}  // namespace quantrail::testing
