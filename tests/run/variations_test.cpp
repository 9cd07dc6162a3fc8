#include "run/variations.h"

#include <gmock/gmock.h>

#include "run/fakes.h"
#include "run/range_choice.h"

namespace quantrail {
namespace {

using testing_run::chain_inputs;

Tuning ends(double min, double max) { return {.min = TunedEnd{min}, .max = TunedEnd{max}}; }

TEST(WithVariation, LeavesEverythingAsConfiguredByDefault) {
  RunInputs inputs = chain_inputs();
  inputs.compression.quantization.seed = 7;
  EXPECT_EQ(with_variation(inputs, {}), inputs.compression.quantization);
}

TEST(WithVariation, MixedMakesActivationsAsymmetricAlsoWhereTheyAreExplicitlySymmetric) {
  RunInputs inputs = chain_inputs();
  EXPECT_EQ(with_variation(inputs, {.mixed = true}).preset, Preset::Mixed);
  EXPECT_FALSE(with_variation(inputs, {.mixed = true}).activations.symmetric);
  inputs.compression.quantization.activations.symmetric = true;
  EXPECT_EQ(with_variation(inputs, {.mixed = true}).activations.symmetric, false);
}

TEST(WithVariation, TunesTheEndsOfRangesAndKeepsWhatTheUserSaid) {
  RunInputs inputs = chain_inputs();
  auto& activations = inputs.compression.quantization.activations;
  activations.level_low = -128;
  const auto tuned = with_variation(inputs, {.tuning = ends(0.0, 1e-3)});
  EXPECT_EQ(tuned.activations.level_low, -128);
  ASSERT_TRUE(tuned.activations.range_estimator);
  EXPECT_EQ(tuned.activations.range_estimator->min.type, ExtremeType::Min);
  EXPECT_EQ(tuned.activations.range_estimator->min.aggregator, Aggregator::Min);
  EXPECT_EQ(tuned.activations.range_estimator->max.type, ExtremeType::AbsQuantile) << "symmetric";
  EXPECT_EQ(tuned.activations.range_estimator->max.outlier_prob, 1e-3);
  EXPECT_EQ(tuned.activations.range_estimator->max.aggregator, Aggregator::Mean);
  const auto mixed = with_variation(inputs, {.mixed = true, .tuning = ends(1e-4, 0.0)});
  EXPECT_EQ(mixed.activations.range_estimator->min.type, ExtremeType::Quantile);
  EXPECT_EQ(mixed.activations.range_estimator->max.type, ExtremeType::Max);
  EXPECT_EQ(with_variation(inputs, {.tuning = Tuning{.fast_bias = false}}).use_fast_bias, false);
}

TEST(WithVariation, TunesUnderTheEstimatesThatTheUserAskedFor) {
  RunInputs inputs = chain_inputs();
  auto& range = inputs.compression.quantization.activations.range_estimator.emplace();
  range.max = {.aggregator = Aggregator::Median, .clipping_value = 1.0};
  const auto tuned = with_variation(inputs, {.tuning = ends(0.0, 1e-3)});
  EXPECT_EQ(tuned.activations.range_estimator->max.clipping_value, 1.0);
  EXPECT_EQ(tuned.activations.range_estimator->max.aggregator, Aggregator::Median);
  EXPECT_EQ(tuned.activations.range_estimator->max.outlier_prob, 1e-3);
  range.preset = RangePreset::Mse;
  EXPECT_EQ(with_variation(inputs, {.tuning = ends(0.0, 0.0)}).activations.range_estimator->preset, RangePreset::Mse);
  range.preset = RangePreset::Quantile;
  EXPECT_FALSE(with_variation(inputs, {.tuning = ends(0.0, 0.0)}).activations.range_estimator->max.type);
}

TEST(WithVariation, AsPotReplacesTheWholeSectionAndTakesTheLargestValue) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.compatibility = Compatibility::Pot;
  inputs.compression.quantization.activations.level_low = -128;
  const auto tuned = with_variation(inputs, {.tuning = ends(0.0, 1e-3)});
  EXPECT_FALSE(tuned.activations.level_low);
  EXPECT_EQ(tuned.activations.range_estimator->max.type, ExtremeType::Quantile);
}

TEST(LearnedTogether, HoldsAllThatASearchMayComeTo) {
  RunInputs inputs = chain_inputs();
  const auto& params = inputs.compression.quantization;
  std::vector<QuantizationParams> open;
  for (auto& choice : range_choices(params)) open.push_back(std::move(choice.params));
  EXPECT_THAT(learned_together(inputs, params), testing::IsSupersetOf(open));
  EXPECT_EQ(learned_together(inputs, params).size(), open.size()) << "each once";
  inputs.compression.accuracy_aware.convert_to_mixed_preset = true;
  inputs.compression.accuracy_aware.tune_hyperparams = true;
  const auto all = learned_together(inputs, params);
  for (const bool mixed : {false, true}) {
    for (const double min : {0.0, 1e-3, 1e-4}) {
      EXPECT_THAT(all, testing::Contains(with_variation(inputs, {.mixed = mixed, .tuning = ends(min, 1e-4)})));
    }
    EXPECT_THAT(all, testing::Contains(with_variation(inputs, {.mixed = mixed, .tuning = Tuning{.fast_bias = true}})));
  }
}

}  // namespace
}  // namespace quantrail
