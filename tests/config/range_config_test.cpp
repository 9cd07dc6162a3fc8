#include "config/range_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Result<Config> with(const std::string& params) {
  return parse_config(R"({"model": {"model": "m.onnx"}, "compression": {"algorithms": [
      {"name": "DefaultQuantization", "params": {"preset": "mixed", "stat_subset_size": 300, )" +
                          params + "}}]}}",
                      "/folder", "c.json", {});
}

QuantizationParams params_of(const std::string& params) {
  const auto config = with(params);
  if (!config) throw std::runtime_error(config.error().message);
  return config->compression.quantization;
}

std::string problem(const std::string& params) {
  const auto config = with(params);
  return config ? "none" : config.error().message;
}

TEST(RangeConfig, ReadsPotsExampleOfACompleteSection) {
  const auto read = params_of(R"(
      "use_fast_bias": false, "threshold": 4, "apply_for_all_nodes": true, "bias_correction_in_codes": true,
      "weights": {"bits": 8, "mode": "symmetric", "granularity": "perchannel", "level_low": -127, "level_high": 127,
        "range_estimator": {"max": {"type": "quantile", "outlier_prob": 0.0001}}},
      "activations": {"bits": 8, "mode": "symmetric", "granularity": "pertensor", "level_low": 0, "level_high": 255,
        "range_estimator": {"preset": "quantile",
                            "min": {"clipping_value": -3.5, "aggregator": "hl_estimator", "type": "min"},
                            "max": {"clipping_value": 6, "aggregator": "median_no_outliers", "type": "abs_quantile",
                                    "outlier_prob": 0.001}}})");
  EXPECT_FALSE(read.use_fast_bias);
  EXPECT_EQ(read.threshold, 4.0);
  EXPECT_TRUE(read.apply_for_all_nodes);
  EXPECT_TRUE(read.bias_correction_in_codes);
  const TensorConfig weights{.symmetric = true,
                             .granularity = Granularity::PerChannel,
                             .level_low = -127,
                             .level_high = 127,
                             .range_estimator = RangeEstimator{.max = {ExtremeType::Quantile, 1e-4, {}, {}}}};
  EXPECT_EQ(read.weights, weights);
  const RangeEstimator range{.preset = RangePreset::Quantile,
                             .min = {ExtremeType::Min, std::nullopt, Aggregator::HodgesLehmann, -3.5},
                             .max = {ExtremeType::AbsQuantile, 1e-3, Aggregator::MedianNoOutliers, 6.0}};
  const TensorConfig activations{.symmetric = true, .level_low = 0, .level_high = 255, .range_estimator = range};
  EXPECT_EQ(read.activations, activations);
}

TEST(RangeConfig, LeavesEverythingOpenByDefault) {
  const auto read = params_of(R"("seed": 0)");
  EXPECT_EQ(read.weights, TensorConfig{});
  EXPECT_EQ(read.activations, TensorConfig{});
  EXPECT_EQ(read.range_estimator, std::nullopt);
  EXPECT_THAT(read.layerwise_configs, IsEmpty());
  EXPECT_EQ(read.threshold, std::nullopt);
  EXPECT_TRUE(read.channel_alignment);
  EXPECT_FALSE(read.equalization);
}

TEST(RangeConfig, ReadsOverridesForSingleTensors) {
  const auto read = params_of(R"("layerwise_configs": [{"conv1/fq_weights_1": {"granularity": "pertensor"},
      "relu:0": {"mode": "asymmetric"}}])");
  EXPECT_EQ(read.layerwise_configs.at("conv1/fq_weights_1").granularity, Granularity::PerTensor);
  EXPECT_EQ(read.layerwise_configs.at("relu:0").symmetric, false);
}

TEST(RangeConfig, ReadsEstimatorsOverAllValues) {
  EXPECT_EQ(params_of(R"("range_estimator": {"preset": "percentile", "percentile": 99.9})").range_estimator,
            (RangeEstimator{.preset = RangePreset::Percentile, .percentile = 99.9}));
  EXPECT_EQ(params_of(R"("activations": {"range_estimator": {"preset": "entropy"}})").activations.range_estimator,
            RangeEstimator{.preset = RangePreset::Entropy});
}

TEST(RangeConfig, IsReadBackFromTheEffectiveConfiguration) {
  const auto config = with(R"(
      "weights": {"level_low": -63, "level_high": 63, "range_estimator": {"preset": "mse"}},
      "activations": {"mode": "asymmetric", "range_estimator": {"preset": "percentile", "percentile": 99.9}},
      "range_estimator": {"preset": "quantile", "min": {"type": "quantile", "outlier_prob": 0.01}},
      "layerwise_configs": [{"x": {"range_estimator": {"max": {"clipping_value": 2}}}}],
      "channel_alignment": false, "equalization": true, "smooth_quant_alpha": 0.25)");
  ASSERT_TRUE(config) << config.error().message;
  const auto again = parse_config(config->effective_json, "/", "stored", {});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->compression, config->compression);
  EXPECT_EQ(again->effective_json, config->effective_json);
}

TEST(RangeConfig, NamesWhatIsNotAllowed) {
  EXPECT_THAT(problem(R"("weights": {"bits": 4})"), HasSubstr("params.weights.bits: found 4, allowed is 8"));
  EXPECT_THAT(problem(R"("weights": {"mode": "sym"})"), HasSubstr("params.weights.mode: found \"sym\""));
  EXPECT_THAT(problem(R"("weights": {"level_low": -129, "level_high": 127})"), HasSubstr("level_low: found -129"));
  EXPECT_THAT(problem(R"("weights": {"level_low": -127})"), HasSubstr("level_low and level_high are given together"));
  EXPECT_THAT(problem(R"("weights": {"level_low": -100, "level_high": 127})"), HasSubstr("allowed for weights are -n"));
  EXPECT_THAT(problem(R"("weights": {"range_estimator": {"preset": "entropy"}})"),
              HasSubstr("allowed for weights are"));
  EXPECT_THAT(problem(R"("activations": {"range_estimator": {"max": {"clipping_value": -2}}})"),
              HasSubstr("range_estimator.max.clipping_value: found -2"));
  EXPECT_THAT(problem(R"("activations": {"range_estimator": {"min": {"clipping_value": 1}}})"),
              HasSubstr("range_estimator.min.clipping_value: found 1"));
  EXPECT_THAT(problem(R"("range_estimator": {"min": {"type": "abs_max"}})"),
              HasSubstr("range_estimator.min.type: \"abs_max\" is no estimate of this end"));
  EXPECT_THAT(problem(R"("activations": {"level_low": 0, "level_high": 127})"), HasSubstr("levels 0 to 127; allowed"));
  EXPECT_THAT(problem(R"("activations": {"range_estimator": {"max": {"type": "biggest"}}})"),
              HasSubstr("activations.range_estimator.max.type: found \"biggest\", allowed are min, max, abs_max"));
  EXPECT_THAT(problem(R"("range_estimator": {"max": {"outlier_prob": 0}})"), HasSubstr("found 0, allowed is above 0"));
  EXPECT_THAT(problem(R"("range_estimator": {"preset": "entropy", "max": {"type": "max"}})"),
              HasSubstr("do not go with preset \"entropy\""));
  EXPECT_THAT(problem(R"("range_estimator": {"preset": "percentile", "percentile": 101})"), HasSubstr("found 101"));
  EXPECT_THAT(problem(R"("layerwise_configs": {})"), HasSubstr("a list of objects is needed"));
  EXPECT_THAT(problem(R"("layerwise_configs": [3])"), HasSubstr("layerwise_configs[0]: found 3 (an integer)"));
  EXPECT_THAT(problem(R"("layerwise_configs": [{"x": {"mod": 1}}])"), HasSubstr("layerwise_configs[0].x.mod: unknown"));
  EXPECT_THAT(problem(R"("smooth_quant_alpha": 1.5)"), HasSubstr("smooth_quant_alpha: found 1.5"));
}

TEST(RangeConfig, SaysWhatACpuDoesDifferently) {
  EXPECT_THAT(with(R"("weights": {"mode": "asymmetric"})")->notes,
              Contains(HasSubstr("weights.mode \"asymmetric\" is treated as \"symmetric\"")));
  EXPECT_THAT(with(R"("activations": {"granularity": "perchannel"})")->notes,
              Contains(HasSubstr("activations.granularity \"perchannel\" is treated as \"pertensor\"")));
  EXPECT_THAT(with(R"("weights": {"range_estimator": {"max": {"aggregator": "mean"}}})")->notes,
              Contains(HasSubstr("aggregator has no effect: weights have no samples")));
  EXPECT_THAT(with(R"("apply_for_all_nodes": true)")->notes, Contains(HasSubstr("has no effect with use_fast_bias")));
  EXPECT_THAT(with(R"("bias_correction_in_codes": true)")->notes,
              Contains(HasSubstr("bias_correction_in_codes has no effect with use_fast_bias")));
}

TEST(RangeConfig, KeepsShortNamesForTheOutermostParameter) {
  const auto config = parse_config(R"({"model": {"model": "m.onnx"}})", "/", "c.json",
                                   {"compression.algorithms[0].name=DefaultQuantization", "preset=mixed",
                                    "activations.range_estimator.preset=mse", "equalization=true"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->compression.quantization.preset, Preset::Mixed);
  EXPECT_EQ(config->compression.quantization.activations.range_estimator->preset, RangePreset::Mse);
  EXPECT_TRUE(config->compression.quantization.equalization);
}

}  // namespace
}  // namespace quantrail
