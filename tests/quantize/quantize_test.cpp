#include "quantize/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "export/small_network.h"
#include "quantize/ranges.h"
#include "quantize/saturation.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SmallNetwork;
using ::testing::UnorderedElementsAre;

/// Two samples, the first of which reaches down to `min`.
ValueStatistics seen(float mean_min, float mean_max, float min, std::size_t channels = 4) {
  ValueStatistics v;
  v.min = min;
  v.max = mean_max;
  v.minima = {min, 2.0F * mean_min - min};
  v.maxima = {mean_max, mean_max};
  v.samples = 2;
  v.channel_means.assign(channels, 0.1);
  return v;
}

struct TwoBranches {
  SmallNetwork net{};
  Statistics statistics{};
  TwoBranches() {
    const auto a = net.relu("ra", net.conv("a", "x"));
    const auto b = net.conv("b", "x");
    net.output(net.conv("c", net.concat("cat", {a, b})));
    statistics.values = {{"x", seen(-0.875F, 2.125F, -1.0F, 3)},
                         {"ra:0", seen(0.0F, 2.0F, 0.0F)},
                         {"b:0", seen(-1.0F, 1.0F, -1.5F)},
                         {"cat:0", seen(-1.0F, 2.0F, -1.5F, 8)}};
  }
  [[nodiscard]] Result<Quantization> quantized_with(const QuantizationParams& params,
                                                    const std::set<std::string, std::less<>>& excluded = {}) const {
    return quantized({net.graph(), net.types(), placed(net.graph(), net.types(), {.excluded = excluded})}, statistics,
                     params);
  }
};

QuantizationParams preset(Preset preset) {
  QuantizationParams params;
  params.preset = preset;
  return params;
}

TEST(Quantized, PerformanceUsesSymmetricActivations) {
  const auto q = TwoBranches().quantized_with(preset(Preset::Performance));
  ASSERT_TRUE(q.has_value());
  EXPECT_EQ(q->activations.at("x"), symmetric_params(2.125, false));
}

TEST(Quantized, MixedUsesAsymmetricActivations) {
  const auto q = TwoBranches().quantized_with(preset(Preset::Mixed));
  EXPECT_EQ(q->activations.at("x"), asymmetric_params(-0.875, 2.125));
}

TEST(Quantized, OneNegativeValueInAnySampleMakesASymmetricRangeSigned) {
  TwoBranches network;
  QuantizationParams params;
  params.activations.symmetric = true;
  network.statistics.values["x"].minima = {0.0F, -1e-6F};
  EXPECT_EQ(network.quantized_with(params)->activations.at("x").zero_point, 128);
  network.statistics.values["x"].minima = {0.0F, 0.0F};
  EXPECT_EQ(network.quantized_with(params)->activations.at("x").zero_point, 0);
}

TEST(Quantized, PerformanceGivesAZeroPointToWhatIsHardlyEverNegative) {
  TwoBranches network;
  network.statistics.values["x"] = seen(-0.2F, 2.0F, -0.3F, 3);
  EXPECT_EQ(network.quantized_with({})->activations.at("x"), asymmetric_params(-0.3F, 2.0F));
  QuantizationParams explicitly;
  explicitly.activations.symmetric = true;
  EXPECT_EQ(network.quantized_with(explicitly)->activations.at("x"), symmetric_params(2.0, false));
}

/// A SiLU between two layers, whose negative side reaches far down.
TEST(Quantized, NarrowsARangeToWhatTheNetworkTellsApart) {
  SmallNetwork net;
  const auto x = net.conv("first", "x");
  net.output(net.conv("last", net.same("product", "Mul", {x, net.same("gate", "Sigmoid", {x})})));
  Statistics statistics;
  statistics.values = {{"x", seen(-1.0F, 1.0F, -1.0F, 3)},
                       {"first:0", seen(-60.0F, 12.0F, -60.0F)},
                       {"gate:0", seen(0.0F, 1.0F, 0.0F)},
                       {"product:0", seen(-0.278F, 12.0F, -0.278F)}};
  const auto place = placed(net.graph(), net.types(), {});
  const auto codes_with = [&](const QuantizationParams& params) {
    return quantized({net.graph(), net.types(), place}, statistics, params)->activations.at("first:0");
  };
  // The step of product is 0.048: x * sigma(x) is less than half of it below -5.4, where the gate has a code of 1.
  const auto mixed = codes_with(preset(Preset::Mixed));
  EXPECT_LT(activation_real(0, mixed), -4.5F);
  EXPECT_GT(activation_real(0, mixed), -6.3F);
  EXPECT_NEAR(activation_real(255, mixed), 12.0F, 0.05F);
  const auto symmetric = codes_with(preset(Preset::Performance));
  EXPECT_EQ(symmetric.zero_point, 128);
  EXPECT_NEAR(activation_real(255, symmetric), 12.0F, 0.05F) << "not 60";
}

TEST(Quantized, ConcatenatedValuesShareTheWidestRangeWithZeroOnACode) {
  for (const auto chosen : {Preset::Performance, Preset::Mixed}) {
    const auto q = TwoBranches().quantized_with(preset(chosen));
    const auto expected = chosen == Preset::Mixed ? asymmetric_params(-1.0, 2.0) : symmetric_params(2.0, false);
    for (const auto* value : {"ra:0", "b:0", "cat:0"}) EXPECT_EQ(q->activations.at(value), expected);
  }
}

TEST(Quantized, TakesTheFurthestOfVectorsWhateverTheirLength) {
  SmallNetwork net;
  net.output(net.gemm("fc", net.global_average_pool("pool", net.conv("a", "x")), 2));
  Statistics statistics;
  for (const auto* value : {"x", "a:0", "pool:0"}) {
    auto& one = statistics.values[value] = seen(0.0F, 2.0F, 0.0F);
    one.maxima = {1.0F, 3.0F};
    one.elements = 1000;
  }
  const QuantizerInputs inputs{net.graph(), net.types(), placed(net.graph(), net.types(), {})};
  const auto q = quantized(inputs, statistics, preset(Preset::Mixed));
  ASSERT_TRUE(q.has_value()) << q.error().message;
  EXPECT_EQ(q->activations.at("x"), asymmetric_params(0, 2)) << "the mean of images";
  EXPECT_EQ(q->activations.at("pool:0"), asymmetric_params(0, 3));
  auto params = preset(Preset::Mixed);
  params.as_pot = true;
  EXPECT_EQ(quantized(inputs, statistics, params)->activations.at("pool:0"), asymmetric_params(0, 2));
}

TEST(Quantized, EveryLayerIsAGroupInGraphOrder) {
  const auto q = TwoBranches().quantized_with({});
  EXPECT_THAT(q->groups, ElementsAre(Group{"a", {"a"}}, Group{"b", {"b"}}, Group{"c", {"c"}}));
  EXPECT_THAT(q->passthrough, ElementsAre("cat"));
  EXPECT_THAT(q->ignored, IsEmpty());
}

TEST(Quantized, NarrowChannelsOfAResultInFloatHaveStepsOfTheirOwn) {
  TwoBranches two;
  for (const auto* layer : {"a", "c"}) {
    Tensor weights = *two.net.graph().constants.at(std::string(layer) + ".weight");
    const auto values = weights.values<float>();
    for (std::size_t at = 0; at < values.size() / 4; ++at) values[at] *= 1e-4F;  // the first of four channels
    two.net.keep(std::string(layer) + ".weight", weights);
  }
  const auto ratio = [](const Quantization& q, const std::string& layer) {
    const auto& scale = q.layers.at(layer).weights->scale;
    return scale[0] / *std::max_element(scale.begin(), scale.end());
  };
  const auto q = two.quantized_with(preset(Preset::Performance));
  EXPECT_NEAR(ratio(*q, "a"), 0.01, 1e-4) << "one scale follows for all of them";
  EXPECT_NEAR(ratio(*q, "c"), 1e-4, 1e-5) << "the network's answer";
  QuantizationParams as_pot = preset(Preset::Performance);
  as_pot.as_pot = true;
  EXPECT_NEAR(ratio(*two.quantized_with(as_pot), "c"), 0.01, 1e-4);
}

TEST(Quantized, ExcludedLayersAreNeitherLayersNorGroups) {
  const auto q = TwoBranches().quantized_with({}, {"c"});
  EXPECT_THAT(q->ignored, ElementsAre("c"));
  EXPECT_EQ(q->layers.count("c"), 0U);
  EXPECT_EQ(q->groups.size(), 2U);
}

TEST(Quantized, FirstLayersHaveWiderStepsAgainstSaturation) {
  TwoBranches network;
  QuantizationParams params;
  const auto fixed = network.quantized_with(params);
  params.saturation_fix = "no";
  const auto plain = network.quantized_with(params);
  EXPECT_EQ(fixed->layers.at("a").weights->scale[0], 2 * plain->layers.at("a").weights->scale[0]);
  EXPECT_EQ(fixed->layers.at("c"), plain->layers.at("c"));
}

TEST(Quantized, CorrectsBiasesUnlessToldNotTo) {
  QuantizationParams params;
  EXPECT_EQ(TwoBranches().quantized_with(params)->bias_edits.size(), 3U);
  params.use_fast_bias = false;
  EXPECT_THAT(TwoBranches().quantized_with(params)->bias_edits, IsEmpty());
}

TEST(Quantized, NamesTheValueThatTheStatisticsLack) {
  TwoBranches network;
  network.statistics.values.erase("b:0");
  const auto q = network.quantized_with({});
  ASSERT_FALSE(q.has_value());
  EXPECT_EQ(q.error().cause, Cause::InvalidInput);
  EXPECT_THAT(q.error().message, HasSubstr("'b:0'"));
}

TEST(StatisticsRequest, AsksForComputedValuesAndTheMeansOfLayerInputs) {
  const TwoBranches network;
  const auto placement = placed(network.net.graph(), network.net.types(), {});
  const auto request = statistics_request({network.net.graph(), network.net.types(), placement}, {}).value();
  EXPECT_THAT(request.extremes, UnorderedElementsAre("x", "ra:0", "b:0")) << "cat:0 is only moved";
  EXPECT_THAT(request.channel_means, UnorderedElementsAre("x", "cat:0"));
  QuantizationParams no_bias;
  no_bias.use_fast_bias = false;
  EXPECT_THAT(statistics_request({network.net.graph(), network.net.types(), placement}, no_bias)->channel_means,
              IsEmpty());
}

TEST(SaturatingLayers, AreTheFirstConvolutionsOnEveryPath) {
  SmallNetwork net;
  const auto a = net.conv("a", net.max_pool("pool", "x"));
  const auto b = net.conv("b", "x", {.stride = 2});
  net.output(net.conv("c", net.same("sum", "Add", {a, b})));
  EXPECT_THAT(saturating_layers(net.graph(), "first_layer"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(saturating_layers(net.graph(), "all"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(saturating_layers(net.graph(), "no"), IsEmpty());
}

}  // namespace
}  // namespace quantrail
