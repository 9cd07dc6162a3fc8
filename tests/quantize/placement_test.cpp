#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantize/placed.h"

namespace quantrail {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Placed;
using testing::SmallNetwork;

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
  EXPECT_EQ(p.reason("normalise"), "Add with a constant: little work in float");
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

TEST(Placement, AllResultsOfASplitShareOneRange) {
  SmallNetwork net;
  const auto parts = net.split("split", net.relu("r1", net.conv("c1", "x")), 2);
  net.output(net.concat("cat", {net.conv("a", parts[0]), net.same("gate", "HardSigmoid", {parts[1]})}));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), ElementsAre("split"));
  EXPECT_THAT(p.shared("r1:0"), ElementsAre("r1:0", "split:0", "split:1"));
}

TEST(Placement, SplitWithAnOutputOfTheNetworkMovesFloats) {
  SmallNetwork net;
  const auto parts = net.split("split", net.relu("r1", net.conv("c1", "x")), 2);
  net.output(parts[0]);
  net.output(net.conv("c2", parts[1]));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
  EXPECT_THAT(p.shared("split:1"), ElementsAre("split:1"));
}

std::string resized(SmallNetwork& net, const std::string& value, std::map<std::string, Attribute> attributes) {
  const std::vector<float> scales{1.0F, 1.0F, 2.0F, 2.0F};
  net.keep("scales", Tensor::of<float>({4}, std::span(scales)));
  Shape shape = net.shape(value);
  shape[2] *= 2;
  shape[3] *= 2;
  return net.add({"resize", "Resize", {value, "", "scales"}, {}, std::move(attributes), {}}, std::move(shape));
}

TEST(Placement, ResizeMovesCodesOnlyWhereItTakesTheNearestValue) {
  const auto moves = [](std::map<std::string, Attribute> attributes) {
    SmallNetwork net;
    net.output(net.conv("c2", resized(net, net.conv("c1", "x"), std::move(attributes))));
    return Placed(net).at(Place::Passthrough).size() == 1;
  };
  EXPECT_TRUE(moves({}));
  EXPECT_TRUE(moves({{"mode", std::string("nearest")}, {"nearest_mode", std::string("ceil")}}));
  EXPECT_FALSE(moves({{"mode", std::string("linear")}}));
  EXPECT_FALSE(moves({{"mode", std::string("cubic")}}));
  EXPECT_FALSE(moves({{"coordinate_transformation_mode", std::string("tf_crop_and_resize")}}))
      << "it brings in a value of its own";
}

TEST(Placement, WhatGrowsIsNotMovedAsCodesForFloatReaders) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x"));
  net.output(net.conv("c2", net.same("gate", "HardSigmoid", {resized(net, v, {})})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
  EXPECT_EQ(p.reason("resize"), "moves values that are read in float");
  EXPECT_THAT(p.shared("r1:0"), ElementsAre("r1:0"));
}

TEST(Placement, MovesOfEachKindShareParameters) {
  const auto shares = [](const std::string& op, std::vector<std::int64_t> second, Shape shape,
                         std::map<std::string, Attribute> attributes = {}) {
    SmallNetwork net;
    const auto v = net.relu("r1", net.conv("c1", "x"));
    std::vector<std::string> in{v};
    if (!second.empty()) {
      net.integers("second", second);
      in.emplace_back("second");
    }
    net.output(net.conv("c2", net.add({"move", op, in, {}, std::move(attributes), {}}, std::move(shape))));
    return Placed(net).shared("r1:0").size() == 2;
  };
  EXPECT_TRUE(shares("Tile", {1, 1, 2, 1}, {1, 4, 16, 8}));
  EXPECT_TRUE(shares("Expand", {1, 4, 8, 8}, {1, 4, 8, 8}));
  EXPECT_TRUE(shares("Gather", {0, 3}, {1, 2, 8, 8}, {{"axis", std::int64_t{1}}}));
  EXPECT_TRUE(shares("DepthToSpace", {}, {1, 1, 16, 16}, {{"blocksize", std::int64_t{2}}}));
  EXPECT_FALSE(shares("SpaceToDepth", {}, {1, 16, 4, 4}, {{"blocksize", std::int64_t{2}}})) << "float in ONNX Runtime";
  EXPECT_FALSE(shares("Pad", {0, 0, 1, 1, 0, 0, 1, 1}, {1, 4, 10, 10})) << "float in ONNX Runtime";
  EXPECT_FALSE(shares("GlobalMaxPool", {}, {1, 4, 1, 1})) << "float in ONNX Runtime";
}

TEST(Placement, GatherFromAConstantTableStaysFloat) {
  SmallNetwork net;
  net.constant("table", {10, 3, 8, 8}, 1.0F);
  net.integers("indices", {4});
  net.output(net.conv("c1", net.add({"embed", "Gather", {"table", "indices"}, {}, {}, {}}, {1, 3, 8, 8})));
  const Placed p(net);
  EXPECT_EQ(p.reason("embed"), "takes values from a constant");
  EXPECT_THAT(p.shared("embed:0"), ElementsAre("embed:0"));
}

/// One of eight rows of a float, as a classifier takes the first word of a sentence.
std::string first_row(SmallNetwork& net, const std::string& value) {
  net.integers("zero", {0});
  return net.add({"first", "Gather", {value, "zero"}, {}, {{"axis", std::int64_t{1}}}, {}}, {1, 1, 16});
}

TEST(Placement, OfASmallPartOfAFloatOnlyThatIsQuantized) {
  SmallNetwork net({1, 8, 16});
  net.output(net.matmul("fc", first_row(net, net.same("tanh", "Tanh", {"x"})), 4));
  const Placed p(net);
  EXPECT_THAT(p.shared("first:0"), ElementsAre("first:0"));
  EXPECT_THAT(p.reason("first"), HasSubstr("lesser part of a float"));
}

TEST(Placement, PartOfWhatIsQuantizedAnywayIsMovedAsCodes) {
  SmallNetwork net({1, 8, 16});
  const auto v = net.same("tanh", "Tanh", {"x"});
  net.output(net.matmul("fc", first_row(net, v), 4));
  net.output(net.matmul("all", v, 4));
  EXPECT_THAT(Placed(net).shared("tanh:0"), ElementsAre("first:0", "tanh:0"));
}

TEST(Placement, SlicesThatTogetherTakeAllAreMovedAsCodes) {
  SmallNetwork net({1, 3, 8, 8});
  net.integers("axis", {2});
  net.integers("step", {2});
  net.integers("end", {8});
  std::vector<std::string> parts;
  for (const std::int64_t start : {0, 1}) {
    const std::string name = "rows" + std::to_string(start);
    net.integers(name + ".start", {start});
    parts.push_back(net.add({name, "Slice", {"x", name + ".start", "end", "axis", "step"}, {}, {}, {}}, {1, 3, 4, 8}));
  }
  net.output(net.conv("c1", net.concat("cat", parts)));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), ElementsAre("rows0", "rows1", "cat"));
  EXPECT_THAT(p.shared("x"), ElementsAre("cat:0", "rows0:0", "rows1:0", "x"));
}

TEST(Placement, OfATransformerLeavesResidualsAndProductsFloat) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto sum = net.same("sum", "Add", {net.conv("c2", v), v});
  net.integers("axes", {2});
  const auto mean = net.global_average_pool("mean", net.same("product", "Mul", {sum, v}));
  net.output(net.matmul("fc", net.add({"squeeze", "Squeeze", {mean, "axes"}, {}, {}, {}}, {1, 4, 1}), 3));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("c1", "c2", "sum", "product", "mean", "fc"));
  const Placed p(net, {.transformer = true});
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2", "fc"));
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
  EXPECT_EQ(p.reason("sum"), "model_type transformer keeps Add in float");
  EXPECT_EQ(p.reason("squeeze"), "model_type transformer keeps Squeeze in float");
  EXPECT_THAT(p.placement.ignored, IsEmpty()) << "only what the user names himself";
}

TEST(Placement, ExcludedLayersAreFloatAndNamed) {
  SmallNetwork net;
  net.output(net.relu("r2", net.conv("c2", net.relu("r1", net.conv("c1", "x")))));
  const Placed p(net, {.excluded = {"c2", "r1"}});
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
  EXPECT_EQ(p.reason("mm"), "both operands are computed; int8 needs constant weights");
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
