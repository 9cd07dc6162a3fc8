#include <gmock/gmock.h>

#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using ::testing::HasSubstr;

std::string refusal(const Graph& graph, const PlanOptions& options, std::int64_t batch = 1) {
  PlanCache cache;
  const auto plan = Plan::build(graph, options, batch, cache);
  return plan ? "accepted" : plan.error().message;
}

Network one_convolution() {
  Network net;
  net.output(net.node("Flatten", "flat", {net.conv("c", net.input("x", {1, 3, 4, 4}), {5, 3, 1, 1})}));
  return net;
}

TEST(PlanErrors, AQuantizedLayerNeedsTheScaleOfItsInput) {
  auto net = one_convolution();
  auto q = quantized(net, random_inputs(net, 1), {"c"});
  q.activations.erase("x");
  EXPECT_THAT(refusal(net.graph(), {&q}),
              ::testing::AllOf(HasSubstr("(Conv, opset 13)"), HasSubstr("its input has no scale")));
}

TEST(PlanErrors, WeightScalesMustFitTheChannels) {
  auto net = one_convolution();
  auto q = quantized(net, random_inputs(net, 1), {"c"});
  q.layers["c"].weights->scale.resize(4);
  EXPECT_THAT(refusal(net.graph(), {&q}), HasSubstr("5 output channels have 4 weight scales"));
  q.layers["c"].weights->axis = 9;
  EXPECT_THAT(refusal(net.graph(), {&q}), HasSubstr("axis 9"));
}

TEST(PlanErrors, ABatchThatTheModelDoesNotHaveIsRefused) {
  auto net = one_convolution();
  net.graph().inputs[0].shape[0] = 2;
  EXPECT_EQ(refusal(net.graph(), {}, 2), "accepted");
  EXPECT_THAT(refusal(net.graph(), {}, 3), HasSubstr("x"));
}

TEST(PlanErrors, ActivationsThatNoMachineHoldsAreRefused) {
  Network net;
  net.output(net.node("Relu", "y", {net.input("x", {1, 1 << 12, 1 << 12, 1 << 12})}));
  EXPECT_THAT(refusal(net.graph(), {}), HasSubstr("MiB"));
}

TEST(PlanErrors, AnOperatorThatNobodyKnowsIsNamed) {
  Network net;
  net.output(net.node("TfIdfVectorizer", "memory", {net.input("x", {1, 3, 4})}));
  EXPECT_THAT(refusal(net.graph(), {}),
              ::testing::AllOf(HasSubstr("memory"), HasSubstr("TfIdfVectorizer"), HasSubstr("opset 13")));
}

}  // namespace
}  // namespace quantrail::testing
