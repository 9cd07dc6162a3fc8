#include "quantize/range_estimates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "export/small_network.h"
#include "quantize/ranges.h"
#include "quantize/threshold_search.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::SmallNetwork;
using ::testing::UnorderedElementsAre;

SmallNetwork one_layer() {
  SmallNetwork net({1, 3, 8, 8});
  net.output(net.conv("c", "x"));
  return net;
}

RangeRules rules_of(const QuantizationParams& params) {
  return RangeRules::resolved(params, one_layer().graph()).value();
}

ActivationRule rule_of(const QuantizationParams& params) { return rules_of(params).activation({"x"}); }

/// Three samples, whose extremes are (-1, 2), (-3, 8) and (0, 2).
ValueStatistics three_samples() {
  ValueStatistics v;
  v.min = -3.0F;
  v.max = 8.0F;
  v.samples = 3;
  v.minima = {-1.0F, -3.0F, 0.0F};
  v.maxima = {2.0F, 8.0F, 2.0F};
  v.quantiles[1e-4] = {{-0.5F, -2.5F, 0.0F}, {1.5F, 7.0F, 1.0F}, {1.75F, 7.25F, 1.0F}};
  return v;
}

TEST(ActivationRule, OfThePerformancePresetIsTheMeanMagnitude) {
  const auto rule = rule_of({.preset = Preset::Performance});
  EXPECT_TRUE(rule.symmetric);
  const auto seen = estimated(three_samples(), rule);
  EXPECT_DOUBLE_EQ(seen.magnitude, (2.0 + 8.0 + 2.0) / 3.0);
  EXPECT_FALSE(seen.non_negative);
}

TEST(ActivationRule, OfTheMixedPresetIsTheMeanOfEachEnd) {
  const auto rule = rule_of({.preset = Preset::Mixed});
  EXPECT_FALSE(rule.symmetric);
  const auto seen = estimated(three_samples(), rule);
  EXPECT_DOUBLE_EQ(seen.lo, -4.0 / 3.0);
  EXPECT_DOUBLE_EQ(seen.hi, 4.0);
}

TEST(ActivationRule, OfTheQuantilePresetReadsQuantiles) {
  QuantizationParams params{.preset = Preset::Mixed};
  params.range_estimator = RangeEstimator{.preset = RangePreset::Quantile};
  const auto free = estimated(three_samples(), rule_of(params));
  EXPECT_DOUBLE_EQ(free.lo, -1.0);
  EXPECT_DOUBLE_EQ(free.hi, 9.5 / 3.0);
  params.preset = Preset::Performance;
  EXPECT_DOUBLE_EQ(estimated(three_samples(), rule_of(params)).magnitude, 10.0 / 3.0);
}

TEST(ActivationRule, TakesEveryKeyOverThePreset) {
  QuantizationParams params{.preset = Preset::Mixed};
  params.activations.range_estimator = RangeEstimator{
      .min = {.aggregator = Aggregator::Min}, .max = {.type = ExtremeType::AbsMax, .aggregator = Aggregator::Max}};
  const auto seen = estimated(three_samples(), rule_of(params));
  EXPECT_DOUBLE_EQ(seen.lo, -3.0);
  EXPECT_DOUBLE_EQ(seen.hi, 8.0);
}

TEST(ActivationRule, ClipsBothEndsAndKeepsZeroOnACode) {
  QuantizationParams params{.preset = Preset::Mixed};
  params.activations.range_estimator = RangeEstimator{.min = {.clipping_value = -0.5}, .max = {.clipping_value = 3.0}};
  const auto rule = rule_of(params);
  const auto seen = estimated(three_samples(), rule);
  EXPECT_DOUBLE_EQ(seen.lo, -0.5);
  EXPECT_DOUBLE_EQ(seen.hi, 3.0);
  EXPECT_EQ(activation_params(std::vector{seen}, rule), asymmetric_params(-0.5, 3.0));
}

TEST(ActivationRule, TakesTheFurthestOfFewElements) {
  QuantizationParams params{.preset = Preset::Mixed};
  ValueStatistics few = three_samples();
  few.elements = 16;
  EXPECT_DOUBLE_EQ(estimated(few, rule_of(params)).lo, -3.0);
  EXPECT_DOUBLE_EQ(estimated(few, rule_of(params)).hi, 8.0);
  EXPECT_DOUBLE_EQ(estimated(few, rule_of({})).magnitude, 8.0);
  few.elements = 64;
  EXPECT_DOUBLE_EQ(estimated(few, rule_of(params)).hi, 4.0) << "the mean of many";
  few.elements = 16;
  params.activations.range_estimator = RangeEstimator{.max = {.aggregator = Aggregator::Mean}};
  EXPECT_DOUBLE_EQ(estimated(few, rule_of(params)).hi, 4.0) << "as asked for";
  QuantizationParams as_pot{.preset = Preset::Mixed};
  as_pot.as_pot = true;
  EXPECT_DOUBLE_EQ(estimated(few, rule_of(as_pot)).hi, 4.0);
}

TEST(ActivationRule, NothingBelowZeroNeedsNoSign) {
  QuantizationParams params;
  params.activations.symmetric = true;
  params.activations.range_estimator = RangeEstimator{.min = {.clipping_value = 0.0}};
  const auto rule = rule_of(params);
  EXPECT_EQ(activation_params(std::vector{estimated(three_samples(), rule)}, rule).zero_point, 0);
}

TEST(ActivationRule, AValueOfItsOwnOverridesOnlyWhatItNames) {
  QuantizationParams params{.preset = Preset::Mixed};
  params.activations.range_estimator = RangeEstimator{.preset = RangePreset::Quantile, .max = {.outlier_prob = 0.02}};
  TensorConfig own;
  own.range_estimator = RangeEstimator{.max = {.clipping_value = 100.0}};
  const auto net = one_layer();
  params.layerwise_configs = {{net.graph().inputs[0].name, own}};
  const auto rules = RangeRules::resolved(params, net.graph()).value();
  const auto rule = rules.activation({net.graph().inputs[0].name});
  EXPECT_EQ(rule.preset, RangePreset::Quantile);
  EXPECT_EQ(rule.max.type, ExtremeType::Quantile);
  EXPECT_EQ(rule.max.outlier_prob, 0.02);
  EXPECT_EQ(rule.max.clipping_value, 100.0);
}

TEST(ActivationRule, IsSignedWhereLevelsSaySo) {
  QuantizationParams params;
  params.activations.level_low = -128;
  params.activations.level_high = 127;
  ValueStatistics positive;
  positive.minima = {0.0F};
  positive.maxima = {2.54F};
  const auto rule = rule_of(params);
  const auto made = activation_params(std::vector{estimated(positive, rule)}, rule);
  EXPECT_EQ(made.zero_point, 128);
  EXPECT_FLOAT_EQ(made.scale, 0.02F);
  EXPECT_EQ(activation_params(std::vector{estimated(positive, rule_of({}))}, rule_of({})).zero_point, 0);
}

TEST(ActivationRule, MayDifferForOneTensor) {
  QuantizationParams params;
  params.layerwise_configs["x"].symmetric = false;
  EXPECT_FALSE(rule_of(params).symmetric);
  EXPECT_TRUE(rules_of(params).activation({"c:0"}).symmetric);
  QuantizationParams by_port;
  by_port.layerwise_configs["c/fq_input_0"].symmetric = false;
  EXPECT_FALSE(rule_of(by_port).symmetric);
}

TEST(WeightRule, MayDifferForOneLayer) {
  QuantizationParams params;
  params.layerwise_configs["c/fq_weights_1"].granularity = Granularity::PerTensor;
  EXPECT_FALSE(rules_of(params).weights("c").per_channel);
  EXPECT_TRUE(rules_of(params).weights("d").per_channel);
}

TEST(RangeRules, RefuseNamesThatTheModelDoesNotHave) {
  for (const auto* name : {"d", "c/fq_input_7", "c/fq_input_1", "d/fq_weights_1", "c/fq_", "/fq_weights_1", ""}) {
    QuantizationParams params;
    params.layerwise_configs[name].symmetric = false;
    const auto rules = RangeRules::resolved(params, one_layer().graph());
    ASSERT_FALSE(rules.has_value()) << name;
    EXPECT_EQ(rules.error().cause, Cause::InvalidInput);
  }
  QuantizationParams params;
  params.layerwise_configs["c/fq_weight_1"].symmetric = false;
  EXPECT_THAT(RangeRules::resolved(params, one_layer().graph()).error().message,
              HasSubstr("did you mean \"c/fq_weights_1\"?"));
}

TEST(RangeRules, ApplyACommonEstimatorToWhicheverHasNone) {
  QuantizationParams params;
  params.range_estimator = RangeEstimator{.preset = RangePreset::Quantile};
  params.weights.range_estimator = RangeEstimator{};
  EXPECT_EQ(rules_of(params).weights("c").max.type, ExtremeType::AbsMax);
  EXPECT_EQ(rule_of(params).max.type, ExtremeType::AbsQuantile);
  params.weights.range_estimator.reset();
  EXPECT_EQ(rules_of(params).weights("c").max.type, ExtremeType::AbsQuantile);
  params.range_estimator->preset = RangePreset::Entropy;
  EXPECT_EQ(rules_of(params).weights("c").preset, RangePreset::Default) << "no criterion for weights";
}

TEST(AskFor, AsksForJustWhatARuleReads) {
  StatisticsRequest request;
  ask_for("a", rule_of({}), request);
  QuantizationParams quantile;
  quantile.range_estimator = RangeEstimator{.preset = RangePreset::Quantile, .max = {.outlier_prob = 0.01}};
  ask_for("b", rule_of(quantile), request);
  QuantizationParams mse;
  mse.range_estimator = RangeEstimator{.preset = RangePreset::Mse};
  ask_for("c", rule_of(mse), request);
  EXPECT_THAT(request.extremes, UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(request.histograms, UnorderedElementsAre("c"));
  EXPECT_THAT(request.outlier_probs, UnorderedElementsAre(0.01)) << "the min end of a symmetric range is no quantile";
}

TEST(ActivationParamsOfSeveral, TakeTheWidest) {
  const auto rule = rule_of({});
  const std::vector<RangeEstimate> estimates{{0.0, 2.0, 2.0, true}, {-3.0, 0.5, 3.0, false}};
  EXPECT_EQ(activation_params(estimates, rule), symmetric_params(3.0, false));
}

// ---- of distributions ----------------------------------------------------------------------------------------------

Histogram histogram_of(const std::vector<float>& values) {
  Histogram made;
  made.add(values);
  return made;
}

/// A triangle from -1 to 1 by 20,000 values, with `outlier` at the end.
std::vector<float> triangle(float outlier) {
  std::vector<float> values;
  for (int i = 0; i < 20000; ++i) {
    const float u = (static_cast<float>(i) + 0.5F) / 20000.0F;
    values.push_back(u < 0.5F ? std::sqrt(2 * u) - 1.0F : 1.0F - std::sqrt(2 * (1 - u)));
  }
  values.push_back(outlier);
  return values;
}

double mean_squared_error(const std::vector<float>& values, Interval interval, double steps) {
  const double step = (interval.hi - interval.lo) / steps;
  double sum = 0.0;
  for (const float x : values) {
    const double clamped = std::min(std::max<double>(x, interval.lo), interval.hi);
    const double error = std::nearbyint(clamped / step) * step - x;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

TEST(PercentileInterval, LeavesTheAskedShareOutside) {
  std::vector<float> values;
  for (int i = -1000; i <= 3000; ++i) values.push_back(static_cast<float>(i) + 0.5F);
  const auto seen = histogram_of(values);
  const auto free = percentile_interval(seen, 99.0, IntervalKind::Free);
  EXPECT_NEAR(free.lo, -980.0, 2.0);
  EXPECT_NEAR(free.hi, 2980.0, 2.0);
  const auto symmetric = percentile_interval(seen, 99.0, IntervalKind::Symmetric);
  EXPECT_NEAR(symmetric.hi, 2960.0, 2.0);
  EXPECT_EQ(symmetric.lo, -symmetric.hi);
  EXPECT_NEAR(percentile_interval(seen, 100.0, IntervalKind::Free).hi, 3001.0, 2.0);
}

TEST(LeastErrorInterval, CutsOffAnOutlierAndIsBetterThanAnyOther) {
  const auto values = triangle(30.0F);
  const auto seen = histogram_of(values);
  const auto chosen = least_error_interval(seen, IntervalKind::Symmetric);
  EXPECT_LT(chosen.hi, 29.0);
  const double error = mean_squared_error(values, chosen, 254.0);
  for (int i = 1; i <= 60; ++i) {
    const double m = 0.5 * i;
    EXPECT_LE(error, 1.02 * mean_squared_error(values, {-m, m}, 254.0)) << m;
  }
}

TEST(LeastErrorInterval, CoversAlmostAllOfADistributionWithoutTails) {
  std::vector<float> values;
  for (int i = 0; i < 10000; ++i) values.push_back(static_cast<float>(i) / 10000.0F - 0.25F);
  const auto chosen = least_error_interval(histogram_of(values), IntervalKind::Free);
  EXPECT_NEAR(chosen.lo, -0.25, 0.01);
  EXPECT_NEAR(chosen.hi, 0.75, 0.01);
  const auto non_negative = least_error_interval(histogram_of({0.0F, 0.0F, 0.5F, 1.0F}), IntervalKind::NonNegative);
  EXPECT_EQ(non_negative.lo, 0.0);
  EXPECT_NEAR(non_negative.hi, 1.0, 0.01);
}

TEST(LeastDivergenceInterval, CutsALongThinTail) {
  auto values = triangle(8.0F);
  const auto chosen = least_divergence_interval(histogram_of(values), IntervalKind::Symmetric);
  EXPECT_LT(chosen.hi, 3.0);
  EXPECT_GE(chosen.hi, 0.5);
  const auto free = least_divergence_interval(histogram_of(values), IntervalKind::Free);
  EXPECT_LT(free.hi, 3.0);
  EXPECT_LE(free.lo, 0.0);
}

TEST(Intervals, OfNothingAreEmpty) {
  for (const auto kind : {IntervalKind::NonNegative, IntervalKind::Symmetric, IntervalKind::Free}) {
    EXPECT_EQ(percentile_interval(Histogram{}, 99.0, kind), Interval{});
    EXPECT_EQ(least_error_interval(histogram_of({0.0F}), kind), Interval{});
    EXPECT_EQ(least_divergence_interval(Histogram{}, kind), Interval{});
  }
}

TEST(Intervals, OfOneValueReachIt) {
  for (const auto& search : {least_error_interval, least_divergence_interval}) {
    const auto chosen = search(histogram_of({-2.0F}), IntervalKind::Free);
    EXPECT_LE(chosen.lo, -1.9);
    EXPECT_EQ(chosen.hi, 0.0);
  }
}

}  // namespace
}  // namespace quantrail
