#include "quantize/channel_edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>

#include "export/small_network.h"
#include "model/weight_edits.h"
#include "peer/random_data.h"
#include "quantize/collect.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RandomData;
using testing::SmallNetwork;

Placement placement_of(const SmallNetwork& net) { return placed(net.graph(), net.types(), {}); }

/// What the float network computes of one sample.
std::vector<float> computed(const Graph& graph, const std::vector<float>& input) {
  PlanCache cache;
  const auto plan = Plan::build(graph, {}, 1, cache);
  if (!plan) throw std::runtime_error(plan.error().message);
  PlanState state(*plan);
  std::memcpy(state.input(0).data(), input.data(), state.input(0).size());
  if (const auto ran = state.run(); !ran) throw std::runtime_error(ran.error().message);
  const auto bytes = state.output(0);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// Calibrates and edits, and expects the same function on the calibration samples.
ChannelEdits edits_of(const SmallNetwork& net, const QuantizationParams& params) {
  const Shape& shape = net.types().find("x")->second.shape;
  const RandomData data({shape.begin() + 1, shape.end()}, 8);
  const auto placement = placement_of(net);
  const auto request = edits_request(net.graph(), placement, params);
  const std::vector<std::size_t> samples{0, 1, 2, 3, 4, 5, 6, 7};
  const auto statistics = collected(net.graph(), request, data, samples, {});
  if (!statistics) throw std::runtime_error(statistics.error().message);
  const auto edits = channel_edits(net.graph(), placement, params, *statistics);
  const Graph changed = edited(net.graph(), edits.edits);
  for (const std::size_t sample : samples) {
    const auto before = computed(net.graph(), data.sample(sample));
    const auto after = computed(changed, data.sample(sample));
    EXPECT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_NEAR(after[i], before[i], 2e-5 * (1.0 + std::abs(before[i]))) << "sample " << sample << ", element " << i;
    }
  }
  return edits;
}

SmallNetwork bottleneck() {
  SmallNetwork net({1, 3, 6, 6});
  net.output(net.conv("wide", net.conv("narrow", "x", {.channels = 4, .kernel = 1}), {.channels = 5, .kernel = 1}));
  return net;
}

// POT's worked values: ranges [-1, 3], [-4, 4], [0, 0], [0, 1000] have the means 1, 0, 0, 500 and, with a median width
// of 8, the widths 0.5, 1, 1 (dead) and 125, clipped to 100.
TEST(ChannelEdits, AlignByPotsWorkedValues) {
  const auto net = bottleneck();
  Statistics statistics;
  statistics.values["narrow:0"].channel_low = {-1.0F, -4.0F, 0.0F, 0.0F};
  statistics.values["narrow:0"].channel_high = {3.0F, 4.0F, 0.0F, 1000.0F};
  const auto made = channel_edits(net.graph(), placement_of(net), {}, statistics);
  const WeightEdit& producer = made.edits.weight_edits.at("narrow");
  EXPECT_THAT(producer.output_factors, ElementsAre(2.0F, 1.0F, 1.0F, 0.01F));
  EXPECT_THAT(producer.bias_shift, ElementsAre(-2.0F, 0.0F, 0.0F, -5.0F)) << "the mean, in the new width";
  const WeightEdit& consumer = made.edits.weight_edits.at("wide");
  EXPECT_THAT(consumer.input_factors, ElementsAre(0.5F, 1.0F, 1.0F, 100.0F));
  const auto weights = net.graph().constants.find("wide.weight")->second->values<float>();
  EXPECT_FLOAT_EQ(consumer.bias_shift[0], weights[0] * 1.0F + weights[3] * 500.0F);
  EXPECT_THAT(made.halved, ElementsAre("wide"));
}

TEST(ChannelEdits, AlignWithoutChangingTheNetwork) {
  const auto made = edits_of(bottleneck(), {});
  EXPECT_EQ(made.edits.weight_edits.size(), 2U);
}

TEST(ChannelEdits, AlignAChainOfLayersWithoutChangingTheNetwork) {
  SmallNetwork net({1, 3, 6, 6});
  auto value = net.conv("c", "x");
  for (const auto* name : {"z", "a", "m"}) value = net.conv(name, value, {.channels = 5, .kernel = 1});
  net.output(value);
  EXPECT_EQ(edits_of(net, {}).edits.weight_edits.size(), 4U);
}

TEST(Alignable, NeedsALayerThatReadsTheOtherAloneAndUnpadded) {
  SmallNetwork padded({1, 3, 6, 6});
  padded.output(padded.conv("b", padded.conv("a", "x")));
  EXPECT_THAT(alignable(padded.graph()), IsEmpty());
  SmallNetwork activated({1, 3, 6, 6});
  activated.output(activated.conv("b", activated.relu("r", activated.conv("a", "x")), {.kernel = 1}));
  EXPECT_THAT(alignable(activated.graph()), IsEmpty());
  SmallNetwork shared({1, 3, 6, 6});
  const auto a = shared.conv("a", "x");
  shared.output(shared.same("sum", "Add", {shared.conv("b", a, {.kernel = 1}), a}));
  EXPECT_THAT(alignable(shared.graph()), IsEmpty());
  SmallNetwork strided({1, 3, 6, 6});
  strided.output(strided.conv("b", strided.conv("a", "x"), {.kernel = 1, .stride = 2}));
  EXPECT_THAT(alignable(strided.graph()), IsEmpty());
  EXPECT_THAT(alignable(bottleneck().graph()), ElementsAre(ChannelPair{"narrow", "wide", "narrow:0", 0.0F}));
}

SmallNetwork depthwise(bool bounded) {
  SmallNetwork net({1, 3, 6, 6});
  const auto first = net.conv("first", "x", {.channels = 6, .kernel = 1});
  const auto between = bounded ? net.clip("k", first, 0.0F, 6.0F) : net.relu("k", first);
  const auto deep = net.relu("r", net.conv("deep", between, {.channels = 6, .group = 6}));
  net.output(net.conv("point", deep, {.channels = 4, .kernel = 1}));
  return net;
}

QuantizationParams equalizing() {
  QuantizationParams params;
  params.equalization = true;
  return params;
}

TEST(ChannelEdits, EqualizeWithoutChangingTheNetwork) {
  for (const bool bounded : {false, true}) {
    const auto made = edits_of(depthwise(bounded), equalizing());
    EXPECT_EQ(made.edits.weight_edits.size(), 3U) << bounded;
  }
}

TEST(ChannelEdits, EqualizeChannelsInFrontOfADepthwiseLayerToTheWidest) {
  Statistics statistics;
  statistics.values["k:0"].channel_magnitudes = {8.0F, 4.0F, 0.0F, 0.01F, 8.0F, 2.0F};
  const auto net = depthwise(false);
  const auto made = channel_edits(net.graph(), placement_of(net), equalizing(), statistics);
  EXPECT_THAT(made.edits.weight_edits.at("first").output_factors, ElementsAre(1.0F, 2.0F, 1.0F, 100.0F, 1.0F, 4.0F));
  EXPECT_THAT(made.edits.weight_edits.at("deep").input_factors, ElementsAre(1.0F, 0.5F, 1.0F, 0.01F, 1.0F, 0.25F));
}

TEST(ChannelEdits, EqualizeNoFurtherThanTheClipAllows) {
  Statistics statistics;
  statistics.values["k:0"].channel_magnitudes = {6.0F, 5.8F, 3.0F, 1.0F, 6.0F, 6.0F};
  const auto net = depthwise(true);
  const auto made = channel_edits(net.graph(), placement_of(net), equalizing(), statistics);
  const auto& factors = made.edits.weight_edits.at("first").output_factors;
  EXPECT_EQ(factors[0], 1.0F);
  EXPECT_EQ(factors[1], 1.0F) << "a tenth above what was seen already meets the bound";
  EXPECT_FLOAT_EQ(factors[2], 6.0F / (1.5F * 3.0F));
  EXPECT_FLOAT_EQ(factors[3], 6.0F / 1.5F);
}

TEST(Equalizable, LeavesAClipThatIsNotFromZeroAlone) {
  SmallNetwork net({1, 3, 6, 6});
  const auto first = net.clip("k", net.conv("first", "x", {.channels = 6}), -1.0F, 6.0F);
  net.output(net.conv("deep", first, {.channels = 6, .group = 6}));
  EXPECT_THAT(equalizable(net.graph()), IsEmpty());
}

// ---- across gates ------------------------------------------------------------------------------------------------

/// `activation` between a layer and a depthwise one.
SmallNetwork gated(const std::string& activation) {
  SmallNetwork net({1, 3, 6, 6});
  const auto x = net.conv("first", "x", {.channels = 4, .kernel = 1});
  std::string y;
  if (activation == "silu") {
    y = net.same("y", "Mul", {x, net.same("gate", "Sigmoid", {x})});
  } else if (activation == "hard_swish") {
    net.scalar("three", 3.0F);
    net.scalar("six", 6.0F);
    const auto gate = net.clip("gate", net.same("add", "Add", {x, "three"}), 0.0F, 6.0F);
    y = net.same("by_six", "Div", {net.same("y", "Mul", {x, gate}), "six"});
  } else if (activation == "mish") {
    y = net.same("y", "Mul", {x, net.same("gate", "Tanh", {net.same("plus", "Softplus", {x})})});
  } else {
    y = net.same("y", activation, {x});
  }
  net.output(net.conv("deep", y, {.channels = 4, .group = 4}));
  // Channels of very different widths, as training leaves them.
  Tensor weights = *net.graph().constants.find("first.weight")->second;
  for (std::size_t i = 0; i < weights.values<float>().size(); ++i)
    weights.values<float>()[i] *= std::array{60.0F, 4.0F, 0.5F, 0.1F}[i / 3];
  net.keep("first.weight", std::move(weights));
  return net;
}

TEST(ChannelEdits, EqualizeAcrossAGateWithoutChangingTheNetwork) {
  for (const auto* activation : {"silu", "hard_swish", "mish"}) {
    SCOPED_TRACE(activation);
    const auto made = edits_of(gated(activation), {});
    ASSERT_EQ(made.edits.input_scalings.size(), 1U) << "the gate reads what it read before";
    EXPECT_EQ(made.edits.input_scalings[0].value, "first:0");
    EXPECT_EQ(made.edits.input_scalings[0].axes_behind, 2U);
    EXPECT_EQ(made.edits.weight_edits.size(), 2U);
  }
}

TEST(ChannelEdits, EqualizeAcrossAGateOfOneNodeWithoutChangingTheNetwork) {
  for (const auto* activation : {"HardSwish", "Mish"}) {
    SCOPED_TRACE(activation);
    const auto made = edits_of(gated(activation), {});
    const auto& scalings = made.edits.input_scalings;
    ASSERT_EQ(scalings.size(), 2U);
    EXPECT_EQ(scalings[0].value, "first:0") << "it reads what it read before";
    EXPECT_THAT(scalings[0].readers, ElementsAre("y"));
    EXPECT_EQ(scalings[1].value, "y:0") << "and what it gives is scaled for the layer behind";
    EXPECT_THAT(scalings[1].readers, ElementsAre("deep"));
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_FLOAT_EQ(scalings[0].factors[c], 1.0F / made.edits.weight_edits.at("first").output_factors[c]);
      EXPECT_FLOAT_EQ(scalings[1].factors[c], made.edits.weight_edits.at("first").output_factors[c]);
    }
    EXPECT_EQ(made.edits.weight_edits.size(), 2U);
  }
}

Statistics magnitudes(std::vector<float> of_x, std::vector<float> of_y) {
  Statistics statistics;
  statistics.values["first:0"].channel_magnitudes = std::move(of_x);
  statistics.values["y:0"].channel_magnitudes = std::move(of_y);
  return statistics;
}

// Half of 100 is left for the negative side, which closes at 6.25: 100 / (2 * 6.25) = 8.
TEST(ChannelEdits, EqualizeAcrossAGateNoFurtherThanItsNegativeSideAllows) {
  const auto net = gated("silu");
  const auto made = channel_edits(net.graph(), placement_of(net), {},
                                  magnitudes({100.0F, 30.0F, 9.0F, 1.0F}, {100.0F, 25.0F, 1.0F, 0.5F}));
  EXPECT_THAT(made.edits.weight_edits.at("first").output_factors, ElementsAre(1.0F, 4.0F, 8.0F, 50.0F));
  EXPECT_THAT(made.edits.input_scalings.at(0).factors, ElementsAre(1.0F, 0.25F, 0.125F, 0.02F));
}

TEST(ChannelEdits, CrossNoGateWhereLessThanTwoBitsAreLost) {
  const auto net = gated("silu");
  QuantizationParams params;
  params.equalization = true;
  const auto made = channel_edits(net.graph(), placement_of(net), params,
                                  magnitudes({100.0F, 30.0F, 30.0F, 30.0F}, {100.0F, 25.0F, 25.0F, 25.0F}));
  EXPECT_FALSE(has_edits(made.edits)) << "1.5 bits on average";
}

TEST(ChannelEdits, EqualizeWhereItIsNeededUnlessToldOtherwise) {
  const auto net = depthwise(false);
  Statistics statistics;
  statistics.values["r:0"].channel_magnitudes = {8.0F, 0.01F, 0.01F, 0.01F, 0.01F, 0.01F};
  const auto with = [&](std::vector<float> channels, std::optional<bool> equalization) {
    statistics.values["k:0"].channel_magnitudes = std::move(channels);
    QuantizationParams params;
    params.equalization = equalization;
    return channel_edits(net.graph(), placement_of(net), params, statistics).edits.weight_edits;
  };
  const std::vector<float> even{8.0F, 4.0F, 4.0F, 4.0F, 4.0F, 0.0F};
  const std::vector<float> uneven{8.0F, 1.0F, 1.0F, 1.0F, 1.0F, 0.0F};
  EXPECT_THAT(with(even, std::nullopt), IsEmpty());
  EXPECT_EQ(with(uneven, std::nullopt).size(), 2U) << "in front of the depthwise layer alone";
  EXPECT_EQ(with(even, true).size(), 3U);
  EXPECT_THAT(with(uneven, false), IsEmpty());
}

TEST(Equalizable, CrossesAGateThatNobodyElseReads) {
  const auto pairs = equalizable(gated("silu").graph());
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].gate, "gate");
  EXPECT_NEAR(pairs[0].closed_below, 6.25F, 1e-3) << "sigma(-6.25) < 0.5 / 255 < sigma(-6.2)";
  const auto in_one = equalizable(gated("HardSwish").graph());
  ASSERT_EQ(in_one.size(), 1U);
  EXPECT_EQ(in_one[0].gate, "y");
  EXPECT_TRUE(in_one[0].in_one);
  EXPECT_NEAR(in_one[0].closed_below, 3.0F, 0.06) << "x / 6 + 1 / 2 < 0.5 / 255 from -2.99 on";
  SmallNetwork shared({1, 3, 6, 6});
  const auto x = shared.conv("first", "x");
  const auto gate = shared.same("gate", "Sigmoid", {x});
  shared.output(shared.conv("deep", shared.same("y", "Mul", {x, gate}), {.channels = 4, .group = 4}));
  shared.output(gate);
  EXPECT_THAT(equalizable(shared.graph()), IsEmpty());
  SmallNetwork open({1, 3, 6, 6});  // a function that does not close
  const auto v = open.conv("first", "x");
  open.scalar("one", 1.0F);
  const auto plus = open.same("plus", "Add", {v, "one"});
  open.output(open.conv("deep", open.same("y", "Mul", {v, plus}), {.channels = 4, .group = 4}));
  EXPECT_THAT(equalizable(open.graph()), IsEmpty());
}

// ---- SmoothQuant ---------------------------------------------------------------------------------------------------

QuantizationParams smoothing(double alpha) {
  QuantizationParams params;
  params.smooth_quant_alpha = alpha;
  return params;
}

TEST(ChannelEdits, SmoothWhatSeveralProductsReadByOneMultiplication) {
  SmallNetwork net({1, 4, 6});
  const auto sum = net.same("sum", "Add", {net.matmul("q", "x", 6), net.matmul("k", "x", 6)});
  net.output(net.same("residual", "Add", {net.matmul("o", net.same("g", "Sigmoid", {sum}), 6), "x"}));
  const auto made = edits_of(net, smoothing(0.5));
  ASSERT_EQ(made.edits.input_scalings.size(), 2U);
  EXPECT_EQ(made.edits.input_scalings[0].value, "x");
  EXPECT_THAT(made.edits.input_scalings[0].readers, ElementsAre("q", "k"));
}

TEST(ChannelEdits, SmoothByTheFormula) {
  SmallNetwork net({1, 2, 2});
  net.output(net.matmul("m", "x", 3));
  const std::vector<float> weights{4.0F, -1.0F, 2.0F, 0.25F, 0.125F, -0.25F};
  net.keep("m.weight", Tensor::of<float>({2, 3}, std::span<const float>(weights)));
  Statistics statistics;
  statistics.values["x"].channel_magnitudes = {16.0F, 4.0F};
  const auto made = channel_edits(net.graph(), placement_of(net), smoothing(0.5), statistics);
  // s = sqrt(16) / sqrt(4) = 2 and sqrt(4) / sqrt(0.25) = 4.
  EXPECT_THAT(made.edits.input_scalings.at(0).factors, ElementsAre(0.5F, 0.25F));
  EXPECT_THAT(made.edits.weight_edits.at("m").input_factors, ElementsAre(2.0F, 4.0F));
}

TEST(ChannelEdits, GiveNamesThatNotEvenAConstantHas) {
  SmallNetwork net({1, 4, 6});
  net.constant("x_smoothed", {6}, 1.0F);
  net.output(net.same("sum", "Add", {net.matmul("m", "x", 6), "x_smoothed"}));
  EXPECT_EQ(edits_of(net, smoothing(0.5)).edits.input_scalings.at(0).scaled, "x_smoothed_2");
}

TEST(ChannelEdits, SmoothThroughTheScaleAndShiftThatNobodyElseReads) {
  SmallNetwork net({1, 4, 6});
  net.constant("gamma", {6}, 1.0F);
  net.constant("beta", {6}, 0.5F);
  const auto scaled = net.same("scale", "Mul", {"x", "gamma"});
  net.output(net.matmul("m", net.same("shift", "Add", {scaled, "beta"}), 3));
  const auto made = edits_of(net, smoothing(0.5));
  EXPECT_THAT(made.edits.input_scalings, IsEmpty());
  EXPECT_EQ(made.edits.weight_edits.size(), 3U);
}

TEST(ChannelEdits, AreNoneUnlessAskedFor) {
  QuantizationParams params;
  params.channel_alignment = false;
  params.equalization = false;
  const auto net = depthwise(true);
  EXPECT_EQ(edits_request(net.graph(), placement_of(net), params), StatisticsRequest{});
  EXPECT_FALSE(has_edits(channel_edits(net.graph(), placement_of(net), params, {}).edits));
}

TEST(Quantization, WithEditsSurvivesStorage) {
  Quantization q = edits_of(depthwise(true), equalizing()).edits;
  q.input_scalings.push_back({"x", "x_smoothed", {0.5F, 0.1F}, {"first"}});
  q.input_scalings.push_back({"y", "y_unscaled", {0.5F, 0.1F}, {"gate"}, 2});
  const auto restored = parsed_quantization(serialised(q));
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(*restored, q);
  Quantization other = q;
  other.weight_edits.begin()->second.output_factors[0] *= 2.0F;
  EXPECT_NE(other.digest(), q.digest());
}

}  // namespace
}  // namespace quantrail
