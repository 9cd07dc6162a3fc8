#include "quantize/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "export/small_network.h"

namespace quantrail {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SmallNetwork;

struct Placed {
  Graph graph{};
  Placement placement{};

  explicit Placed(const SmallNetwork& net, const std::set<std::string, std::less<>>& excluded = {})
      : graph(net.graph()), placement(placed(net.graph(), net.types(), excluded)) {}

  [[nodiscard]] std::vector<std::string> at(Place place) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (placement.nodes[i].place == place) names.push_back(graph.nodes[i].name);
    }
    return names;
  }
  [[nodiscard]] std::string reason(const std::string& name) const {
    return placement.nodes[*GraphIndex(graph).node(name)].reason;
  }
  /// The values that share parameters with `value`; empty when it has no point.
  [[nodiscard]] std::vector<std::string> shared(const std::string& value) const {
    for (const auto& c : placement.classes) {
      if (std::find(c.values.begin(), c.values.end(), value) != c.values.end()) return c.values;
    }
    return {};
  }
};

TEST(Placement, GivesAPointToWhatEachLayerReadsButNotToTheOutput) {
  SmallNetwork net;
  net.output(net.conv("c2", net.relu("r1", net.conv("c1", "x"))));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(p.shared("x"), ElementsAre("x"));
  EXPECT_THAT(p.shared("r1:0"), ElementsAre("r1:0"));
  EXPECT_THAT(p.shared("c1:0"), IsEmpty()) << "the Relu is part of the layer";
  EXPECT_THAT(p.shared("c2:0"), IsEmpty());
}

TEST(Placement, MovesPointsUpThroughOperatorsThatOnlyMoveValues) {
  SmallNetwork net;
  net.output(net.gemm("fc", net.flatten("flat", net.max_pool("pool", net.relu("r1", net.conv("c1", "x")))), 3));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), ElementsAre("pool", "flat"));
  EXPECT_THAT(p.shared("flat:0"), ElementsAre("flat:0", "pool:0", "r1:0"));
  for (const auto& c : p.placement.classes) EXPECT_EQ(c.sources.size(), 1U);
}

TEST(Placement, BoundsOfAClassAreThoseOfItsSources) {
  SmallNetwork net;
  net.output(net.conv("c2", net.clip("clip", net.conv("c1", "x"), 0.0F, 6.0F)));
  const Placed p(net);
  EXPECT_EQ(p.placement.classes[0].values, std::vector<std::string>{"clip:0"});
  EXPECT_EQ(p.placement.classes[0].bounds, (Bounds{0.0F, 6.0F}));
  EXPECT_EQ(p.placement.classes[1].bounds, Bounds{});
}

TEST(Placement, ConcatBeforeAConvolutionSharesOneRange) {
  SmallNetwork net;
  const auto a = net.relu("ra", net.conv("a", "x"));
  const auto b = net.clip("cb", net.conv("b", "x"), 0.0F, 6.0F);
  net.output(net.conv("c", net.concat("cat", {a, b})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), ElementsAre("cat"));
  EXPECT_THAT(p.shared("ra:0"), ElementsAre("cat:0", "cb:0", "ra:0"));
  EXPECT_THAT(p.placement.classes[0].sources, ElementsAre("cb:0", "ra:0"));
  EXPECT_EQ(p.placement.classes[0].bounds, (Bounds{0.0F, std::numeric_limits<float>::infinity()}));
}

TEST(Placement, ConcatForFloatReadersSharesNothing) {
  SmallNetwork net;
  const auto a = net.conv("a", "x");
  const auto b = net.conv("b", "x");
  net.output(net.conv("c", net.same("swish", "HardSwish", {net.concat("cat", {a, b})})));
  const Placed p(net);
  EXPECT_THAT(p.shared("a:0"), ElementsAre("a:0"));
  EXPECT_THAT(p.shared("b:0"), ElementsAre("b:0"));
  EXPECT_THAT(p.shared("swish:0"), ElementsAre("swish:0"));
}

TEST(Placement, ResidualAddHasPointsOnBothOperandsAndItsResult) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto sum = net.relu("r2", net.same("add", "Add", {net.conv("c2", v), v}));
  net.output(net.conv("c3", sum));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2", "add", "c3"));
  for (const auto* value : {"c2:0", "r1:0", "r2:0"}) EXPECT_THAT(p.shared(value), ElementsAre(value));
}

TEST(Placement, ArithmeticWithConstantsStaysFloat) {
  SmallNetwork net;
  net.scalar("mean", 0.5F);
  net.output(net.conv("c1", net.same("normalise", "Add", {"x", "mean"})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1"));
  EXPECT_EQ(p.reason("normalise"), "Add with a constant");
  EXPECT_THAT(p.shared("normalise:0"), ElementsAre("normalise:0"));
  EXPECT_THAT(p.shared("x"), IsEmpty());
}

TEST(Placement, ArithmeticBetweenFloatsStaysFloat) {
  SmallNetwork net;
  const auto a = net.same("swish", "HardSwish", {net.conv("c1", "x")});
  net.output(net.conv("c2", net.same("mul", "Mul", {a, net.same("gate", "HardSigmoid", {a})})));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("c1", "c2"));
}

TEST(Placement, ResultForFloatOperatorsHasAPointSoThatTheLayerIsFused) {
  SmallNetwork net;
  net.output(net.conv("c2", net.same("swish", "HardSwish", {net.conv("c1", "x")})));
  EXPECT_THAT(Placed(net).shared("c1:0"), ElementsAre("c1:0"));
}

TEST(Placement, ResultThatEndsTheNetworkHasNoPoint) {
  SmallNetwork net;
  net.output(net.same("softmax", "Softmax", {net.flatten("flat", net.conv("c1", "x"))}));
  const Placed p(net);
  EXPECT_THAT(p.shared("c1:0"), IsEmpty());
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
}

TEST(Placement, SiluIsIntegerButForItsSigmoid) {
  SmallNetwork net;
  const auto v = net.conv("c1", "x");
  net.output(net.conv("c2", net.same("mul", "Mul", {v, net.same("sigmoid", "Sigmoid", {v})})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "mul", "c2"));
  for (const auto* value : {"c1:0", "sigmoid:0", "mul:0"}) EXPECT_THAT(p.shared(value), ElementsAre(value));
}

TEST(Placement, DecomposedHardSwishStaysFloat) {
  SmallNetwork net;
  net.scalar("three", 3.0F);
  net.scalar("six", 6.0F);
  const auto v = net.conv("c1", "x");
  const auto gate = net.clip("clip", net.same("shift", "Add", {v, "three"}), 0.0F, 6.0F);
  net.output(net.conv("c2", net.same("div", "Div", {net.same("mul", "Mul", {v, gate}), "six"})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(p.reason("mul"), HasSubstr("hard-swish"));
}

TEST(Placement, SqueezeAndExciteBranchStaysFloatButNotItsMultiplication) {
  for (const auto* gate_op : {"Sigmoid", "HardSigmoid"}) {
    SmallNetwork net;
    const auto v = net.relu("r1", net.conv("c1", "x"));
    auto gate = net.relu("r2", net.conv("squeeze", net.global_average_pool("gap", v), {.channels = 2, .kernel = 1}));
    gate = net.same("gate", gate_op, {net.conv("excite", gate, {.channels = 4, .kernel = 1})});
    net.output(net.conv("c2", net.same("scale", "Mul", {v, gate})));
    const Placed p(net);
    EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "scale", "c2")) << gate_op;
    EXPECT_THAT(p.reason("excite"), HasSubstr("squeeze-and-excitation"));
    EXPECT_THAT(p.reason("gap"), HasSubstr("squeeze-and-excitation"));
    EXPECT_THAT(p.shared("gate:0"), ElementsAre("gate:0"));
  }
}

TEST(Placement, WhatLeadsToTopKStaysFloatBackToTheLastLayerWithWeights) {
  SmallNetwork net;
  const auto a = net.conv("a", "x");
  const auto b = net.conv("b", "x");
  net.output(net.same("top", "TopK", {net.same("sum", "Add", {a, b})}));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("a", "b"));
  EXPECT_THAT(p.reason("sum"), HasSubstr("TopK"));
}

TEST(Placement, ExcludedLayersAreFloatAndNamed) {
  SmallNetwork net;
  net.output(net.relu("r2", net.conv("c2", net.relu("r1", net.conv("c1", "x")))));
  const Placed p(net, {"c2", "r1"});
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1"));
  EXPECT_THAT(p.placement.ignored, ElementsAre("c2")) << "r1 would be float anyway";
  EXPECT_EQ(p.reason("c2"), "excluded by the configuration");
}

TEST(Placement, SaysWhyALayerCannotBeQuantized) {
  SmallNetwork net;
  const auto v = net.conv("up", net.conv("c1", "x"), {.kernel = 1, .transposed = true});
  net.output(net.same("mm", "MatMul", {v, v}));
  const Placed p(net);
  EXPECT_EQ(p.reason("up"), "no integer kernel for ConvTranspose in ONNX Runtime");
  EXPECT_EQ(p.reason("mm"), "its weights are computed, not constant");
  EXPECT_EQ(p.reason("c1"), "");
}

TEST(Placement, RefusesWeightsThatAreNotFinite) {
  SmallNetwork net;
  net.output(net.conv("c1", "x", {.channels = 1, .kernel = 1}));
  const std::vector<float> weights{1.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F};
  net.keep("c1.weight", Tensor::of<float>({1, 3, 1, 1}, std::span<const float>(weights)));
  EXPECT_THAT(Placed(net).reason("c1"), HasSubstr("not finite"));
}

TEST(Placement, OfAnEmptyGraphIsEmpty) {
  const auto placement = placed(Graph{}, {}, {});
  EXPECT_TRUE(placement.nodes.empty());
  EXPECT_TRUE(placement.classes.empty());
}

}  // namespace
}  // namespace quantrail
