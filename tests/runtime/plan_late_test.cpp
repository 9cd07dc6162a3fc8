// Networks whose shapes depend on data, or have no elements at all.
#include <gmock/gmock.h>

#include <array>
#include <cstring>

#include "model/interpret.h"
#include "runtime/plan_check.h"
#include "runtime/variants.h"

namespace quantrail::testing {
namespace {

using ::testing::HasSubstr;

struct Results {
  std::vector<Shape> shapes{};
  std::vector<std::vector<std::byte>> bytes{};
};

Results results_of(PlanState& state, const Plan& plan) {
  const auto done = state.run();
  EXPECT_TRUE(done) << done.error().message;
  Results results;
  for (std::size_t at = 0; at < plan.outputs().size(); ++at) {
    const auto bytes = state.output(at);
    results.shapes.push_back(state.output_shape(at));
    results.bytes.emplace_back(bytes.begin(), bytes.end());
  }
  return results;
}

/// c = Relu(Conv(x)); outputs: c, and the coordinates of what is not zero in it.
Network finder() {
  Network net(5);
  const auto c = net.node("Relu", "c", {net.conv("conv", net.input("x", {1, 3, 6, 6}), {4, 3, 3, 3})});
  net.output(c);
  net.graph().outputs.push_back(
      {net.node("Transpose", "found", {net.node("NonZero", "nonzero", {c})}), ElementType::Int64, {-1, -1}, {}});
  return net;
}

Tensor non_zeros(const Tensor& of) {
  const Node node{"n", "NonZero", {"x"}, {"y"}, {}, {}};
  const Tensor* input = &of;
  auto found = interpreted(node, 13, std::span(&input, 1));
  const Node turn{"t", "Transpose", {"x"}, {"y"}, {}, {}};
  input = &found->front();
  return interpreted(turn, 13, std::span(&input, 1))->front();
}

TEST(PlanLate, ShapesThatDependOnDataFollowTheData) {
  auto net = finder();
  const auto plan = plan_of(net.graph(), {}, 2);
  EXPECT_EQ(plan->outputs()[1].shape, (Shape{-1, -1}));
  PlanState state(plan);
  std::set<Shape> seen;
  for (int round = 0; round < 3; ++round) {
    fill_inputs(state, net.graph(), random_inputs(net, 2));
    const auto results = results_of(state, *plan);
    EXPECT_EQ(results.shapes[0], (Shape{2, 4, 4, 4}));
    const auto expected = non_zeros({ElementType::Float32, results.shapes[0], results.bytes[0]});
    EXPECT_EQ(results.shapes[1], expected.shape);
    EXPECT_EQ(results.bytes[1], expected.bytes);
    seen.insert(results.shapes[1]);
  }
  EXPECT_GT(seen.size(), 1U) << "three random inputs had as many zeros: choose others";
}

TEST(PlanLate, OfAVariantIsRunOnWhatItTakesOver) {
  auto net = finder();
  const auto plan = plan_of(net.graph(), {}, 2);
  const Variants variants(plan, {plan});
  VariantsState states(variants);
  const auto inputs = random_inputs(net, 2);
  fill_inputs(states.base(), net.graph(), inputs);
  ASSERT_TRUE(states.base().run().has_value());
  PlanState alone(plan);
  fill_inputs(alone, net.graph(), inputs);
  const auto expected = results_of(alone, *plan);
  const auto results = results_of(states.variant(0), *plan);
  EXPECT_EQ(results.shapes, expected.shapes);
  EXPECT_EQ(results.bytes, expected.bytes);
}

TEST(PlanLate, ReadsWhatAnIntegerLayerLeaves) {
  auto net = finder();
  net.graph().outputs.erase(net.graph().outputs.begin());
  const auto inputs = random_inputs(net, 2);
  auto q = quantized(net, inputs, {"conv"});
  const auto codes = computed(
      [&] {
        Graph shown = net.graph();
        shown.nodes.erase(shown.nodes.begin() + 2, shown.nodes.end());
        shown.nodes.push_back({"again", "Abs", {"c"}, {"again"}, {}, {}});
        shown.outputs = {{"again", ElementType::Float32, {}, {}}};
        return shown;
      }(),
      {&q}, inputs);
  const auto plan = plan_of(net.graph(), {&q}, 2);
  PlanState state(plan);
  fill_inputs(state, net.graph(), inputs);
  const auto results = results_of(state, *plan);
  EXPECT_EQ(results.bytes[0], non_zeros(Tensor::of<float>({2, 4, 4, 4}, codes)).bytes);
}

TEST(PlanLate, WhatFailsOnlyWithTheDataNamesTheNode) {
  Network net;
  const auto x = net.input("x", {1, 4});
  net.graph().inputs.push_back({"shape", ElementType::Int64, {2}, {}});
  net.output(net.node("Reshape", "bend", {x, "shape"}));
  net.graph().inputs[0].shape = {2, 4};
  const auto plan = plan_of(net.graph(), {}, 2);
  PlanState state(plan);
  auto* shape = reinterpret_cast<std::int64_t*>(state.input(1).data());
  shape[0] = 4;
  shape[1] = -1;
  EXPECT_EQ(results_of(state, *plan).shapes[0], (Shape{4, 2}));
  shape[0] = 3;
  const auto done = state.run();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().cause, Cause::InvalidInput);
  EXPECT_THAT(done.error().message, HasSubstr("node 'bend' (Reshape, opset 13)"));
}

TEST(PlanLate, OutputsMustBeOfTheDeclaredType) {
  auto net = finder();
  net.graph().outputs[1].type = ElementType::Float32;
  const auto plan = plan_of(net.graph(), {}, 1);
  PlanState state(plan);
  fill_inputs(state, net.graph(), random_inputs(net, 1));
  const auto done = state.run();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("output \"found\" is declared float32, but is int64"));
}

TEST(PlanEmpty, SumsJoinsAndPadsOfNothingAreDefined) {
  Network net;
  const auto x = net.input("x", {1, 4, 3});
  const auto nothing =
      net.node("Slice", "nothing", {x, net.integers("from", {2}), net.integers("to", {2}), net.integers("axis", {1})});
  const auto sum = net.node("ReduceSum", "sum", {net.node("Relu", "relu", {nothing}), net.integers("along", {1})});
  net.output(net.node("Concat", "y", {sum, nothing, x}, {{"axis", std::int64_t{1}}}));
  const auto inputs = random_inputs(net, 2);
  const auto result = computed(net.graph(), {}, inputs);
  ASSERT_EQ(result.size(), 2U * 5 * 3);
  const auto values = inputs.at("x").values<float>();
  for (std::size_t sample = 0; sample < 2; ++sample) {
    for (std::size_t at = 0; at < 3; ++at) EXPECT_EQ(result[sample * 15 + at], 0.0F);
    for (std::size_t at = 0; at < 12; ++at) EXPECT_EQ(result[sample * 15 + 3 + at], values[sample * 12 + at]);
  }
}

TEST(PlanEmpty, NoSamplesGiveNoResults) {
  auto net = finder();
  const auto plan = plan_of(net.graph(), {}, 0);
  PlanState state(plan);
  const auto results = results_of(state, *plan);
  EXPECT_EQ(results.shapes[0], (Shape{0, 4, 4, 4}));
  EXPECT_TRUE(results.bytes[0].empty());
  EXPECT_EQ(results.shapes[1], (Shape{0, 4}));
}

TEST(PlanLate, ValuesThatWouldTakeMoreThanAGigabyteAreRefused) {
  Network net;
  const auto x = net.input("x", {1, 2});
  const auto sizes = net.node("Cast", "sizes", {net.node("Reshape", "flat", {x, net.integers("two", {2})})},
                              {{"to", std::int64_t{7}}});
  net.output(net.node("Sigmoid", "y", {net.node("ConstantOfShape", "fill", {sizes})}));
  const auto plan = plan_of(net.graph(), {}, 1);
  PlanState state(plan);
  const auto run = [&](float rows, float columns) {
    const std::array values{rows, columns};
    std::memcpy(state.input(0).data(), values.data(), sizeof(values));
    return state.run();
  };
  EXPECT_TRUE(run(3.0F, 4.0F));
  EXPECT_THAT(run(65536.0F, 8192.0F).error().message,
              ::testing::AllOf(HasSubstr("'fill'"), HasSubstr("[65536,8192] is too large")));
  EXPECT_TRUE(run(3.0F, 4.0F));
}

}  // namespace
}  // namespace quantrail::testing
