#include "run/range_choice.h"

#include <gmock/gmock.h>

#include <cmath>

#include "run/fakes.h"
#include "run/rebuild.h"

namespace quantrail {
namespace {

using namespace testing_run;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(RangeChoices, AreWhatTheConfigurationLeavesOpen) {
  const auto open = range_choices({});
  ASSERT_EQ(open.size(), 3U);
  EXPECT_EQ(open[0].params, QuantizationParams{}) << "POT's first";
  EXPECT_EQ(open[1].params.activations.range_estimator->max.aggregator, Aggregator::Max);
  EXPECT_EQ(open[1].params.activations.range_estimator->min.aggregator, Aggregator::Min);
  EXPECT_EQ(open[2].params.activations.range_estimator->preset, RangePreset::Mse);
  EXPECT_FALSE(open[2].params.range_estimator) << "weights keep theirs";

  QuantizationParams given;
  given.range_estimator = RangeEstimator{.preset = RangePreset::Default};
  EXPECT_THAT(range_choices(given), IsEmpty());
  given = {};
  given.activations.range_estimator = RangeEstimator{};
  EXPECT_THAT(range_choices(given), IsEmpty());
  given = {};
  given.as_pot = true;
  EXPECT_THAT(range_choices(given), IsEmpty()) << "compatibility pot";
}

TEST(BestRangeChoice, IsPotsUnlessAnotherIsClearlyBetter) {
  EXPECT_EQ(best_range_choice(std::vector{0.1, 0.081, 0.2}), 0U);
  EXPECT_EQ(best_range_choice(std::vector{0.1, 0.079, 0.2}), 1U);
  EXPECT_EQ(best_range_choice(std::vector{0.1, 0.05, 0.04}), 2U);
  EXPECT_EQ(best_range_choice(std::vector{0.1, 0.05, 0.05}), 1U) << "the earlier of equals";
  EXPECT_EQ(best_range_choice(std::vector{0.0, 0.0, 0.0}), 0U);
}

/// Two ranges that the fake tells apart: only those of params with an estimator of their own are coarser.
struct Choosing : Attempts {
  Choosing() {
    workbench.varies_with_ranges = true;
    workbench.error_of = [](const Quantization& q) { return q.activations.at("x").scale > 1.0F ? 0.02 : 0.5; };
  }
};

float stored_scale(Choosing& run) {
  const auto stored = stored_quantization(run.store, run.recorder.iterations.at(0).quantization);
  return stored ? stored->activations.at("x").scale : 0.0F;
}

TEST(ChooseRanges, TakesTheBestRemembersItAndSaysSo) {
  Choosing run;
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.comparisons, 2) << "the third quantization is the second";
  EXPECT_EQ(stored_scale(run), 2.0F);
  EXPECT_THAT(run.recorder.notes, testing::Contains(AllOf(HasSubstr("the furthest extremes"), HasSubstr("0.02"),
                                                          HasSubstr("0.5 by the mean of samples' extremes"))));
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.comparisons, 2) << "the store knows";
}

TEST(ChooseRanges, GoesOnWithTheFirstThatIsNotKnown) {
  Choosing run;
  run.workbench.fail_comparison = 2;
  EXPECT_FALSE(run.attempt());
  EXPECT_EQ(run.workbench.comparisons, 2);
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.comparisons, 3);
  EXPECT_EQ(stored_scale(run), 2.0F);
}

TEST(ChooseRanges, LeavesPotsWhereOutputsCannotBeCompared) {
  Choosing run;
  run.workbench.error_of = [](const Quantization&) { return std::nan(""); };
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(stored_scale(run), 1.0F);
}

TEST(ChooseRanges, AsksNothingWhereTheConfigurationChooses) {
  Choosing run;
  run.inputs.compression.quantization.activations.range_estimator = RangeEstimator{.preset = RangePreset::Default};
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.comparisons, 0);
}

}  // namespace
}  // namespace quantrail
