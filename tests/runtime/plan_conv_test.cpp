#include <gmock/gmock.h>

#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

struct ConvCase {
  const char* name;
  Shape input;  // axis 0 is the batch
  Shape weights;
  std::int64_t group = 1;
  Ints strides{};
  Ints pads{};
  Ints dilations{};
};

std::map<std::string, Attribute> attributes_of(const ConvCase& c) {
  std::map<std::string, Attribute> attributes{{"group", c.group}};
  if (!c.strides.empty()) attributes["strides"] = c.strides;
  if (!c.pads.empty()) attributes["pads"] = c.pads;
  if (!c.dilations.empty()) attributes["dilations"] = c.dilations;
  return attributes;
}

const std::vector<ConvCase> kConvs{
    {"Pointwise", {3, 16, 7, 5}, {24, 16, 1, 1}},
    {"PointwiseStrided", {2, 16, 8, 8}, {8, 16, 1, 1}, 1, {2, 2}},
    {"Square", {2, 8, 9, 9}, {16, 8, 3, 3}, 1, {1, 1}, {1, 1, 1, 1}},
    {"Stem", {1, 3, 23, 19}, {13, 3, 7, 7}, 1, {2, 2}, {3, 3, 3, 3}},
    {"OneChannel", {2, 1, 12, 10}, {7, 1, 5, 4}, 1, {2, 2}, {2, 1, 2, 2}},
    {"UnevenPads", {2, 5, 8, 6}, {6, 5, 3, 2}, 1, {2, 1}, {0, 1, 1, 0}},
    {"Dilated", {1, 8, 11, 11}, {8, 8, 3, 3}, 1, {1, 1}, {2, 2, 2, 2}, {2, 2}},
    {"Depthwise", {3, 19, 8, 8}, {19, 1, 3, 3}, 19, {1, 1}, {1, 1, 1, 1}},
    {"DepthwiseStrided", {2, 32, 9, 9}, {32, 1, 5, 5}, 32, {2, 2}, {2, 2, 2, 2}},
    {"DepthwiseMultiplied", {2, 6, 7, 7}, {12, 1, 3, 3}, 6, {1, 1}, {1, 1, 1, 1}},
    {"Grouped", {2, 12, 6, 6}, {9, 4, 3, 3}, 3, {1, 1}, {1, 1, 1, 1}},
    {"OneDimensional", {2, 6, 17}, {10, 6, 3}, 1, {2}, {1, 1}},
    {"OneDimensionalDepthwise", {2, 8, 17}, {8, 1, 3}, 8, {1}, {1, 1}},
    {"ThreeDimensional", {1, 4, 5, 6, 7}, {6, 4, 3, 3, 3}, 1, {1, 1, 1}, {1, 1, 1, 1, 1, 1}},
    {"WholeImage", {2, 8, 4, 4}, {10, 8, 4, 4}},
};

class PlanConv : public ::testing::TestWithParam<ConvCase> {};

TEST_P(PlanConv, FloatAgreesWithTheDefinition) {
  const ConvCase& c = GetParam();
  Network net(7);
  net.output(net.conv("y", net.input("x", c.input), c.weights, attributes_of(c)));
  expect_float_agrees(net, c.input[0]);
}

TEST_P(PlanConv, CodesAgreeWithTheDefinition) {
  const ConvCase& c = GetParam();
  for (const bool positive : {true, false}) {  // zero point 0, and one within the range
    Network net(11);
    const auto y = net.conv("y", net.input("x", c.input), c.weights, attributes_of(c));
    net.output(net.node("Flatten", "flat", {y}));
    const auto inputs = random_inputs(net, c.input[0], positive);
    const auto q = quantized(net, inputs, {"y"});
    const PlanOptions options{&q};
    const auto expected = expected_values(net.graph(), options, inputs).at("flat");
    const auto found =
        agreement(computed(net.graph(), options, inputs), expected.values<float>(), q.activations.at("y"));
    EXPECT_LE(found.largest, 1) << "positive " << positive;
    EXPECT_LE(found.different * 500, found.count)
        << found.different << " of " << found.count << ", positive " << positive;
  }
}

TEST_P(PlanConv, WithoutExactProductsTheSimulationGivesTheSameCodes) {
  const ConvCase& c = GetParam();
  Network net(13);
  const auto y = net.conv("y", net.input("x", c.input), c.weights, attributes_of(c));
  net.output(net.node("Flatten", "flat", {y}));
  const auto inputs = random_inputs(net, c.input[0]);
  const auto q = quantized(net, inputs, {"y"});
  const PlanOptions options{&q};
  const auto expected = expected_values(net.graph(), options, inputs).at("flat");
  const auto found =
      agreement(computed(net.graph(), options, inputs, {false}), expected.values<float>(), q.activations.at("y"));
  EXPECT_LE(found.largest, 1);
  EXPECT_LE(found.different * 200, found.count);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PlanConv, ::testing::ValuesIn(kConvs),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace quantrail::testing
