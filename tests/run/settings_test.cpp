#include "run/settings.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "metrics/registry.h"
#include "run/fakes.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing_run::chain_inputs;
using testing_run::FakeMetric;

std::string complaint(const RunInputs& inputs) {
  const auto settings = search_settings(inputs);
  return settings ? "" : settings.error().message;
}

TEST(SearchSettings, ControlAllMetricsWhereNoneIsNamed) {
  RunInputs inputs = chain_inputs();
  inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  const auto settings = search_settings(inputs);
  ASSERT_EQ(settings->controlled.size(), 2U);
  EXPECT_EQ(settings->controlled[0].name, "top1");
  EXPECT_EQ(settings->controlled[1].name, "top5");
  EXPECT_FALSE(settings->controlled[0].baseline_value);
  EXPECT_TRUE(settings->comparison.empty());
}

TEST(SearchSettings, TakeTheMetricsBaselinesAndDropsThatAreNamed) {
  RunInputs inputs = chain_inputs();
  inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  inputs.compression.accuracy_aware.maximal_drop = 0.03;
  inputs.compression.accuracy_aware.metrics = {{"top5", 0.97, 0.002}, {"top1", {}}};
  auto settings = search_settings(inputs);
  ASSERT_EQ(settings->controlled.size(), 2U);
  EXPECT_EQ(settings->controlled[0].name, "top5");
  EXPECT_EQ(settings->controlled[0].baseline_value, 0.97);
  EXPECT_EQ(settings->controlled[0].maximal_drop, 0.002);
  EXPECT_EQ(settings->controlled[1].maximal_drop, 0.03);
  inputs.compression.accuracy_aware.compatibility = Compatibility::Pot;
  settings = search_settings(inputs);
  EXPECT_FALSE(settings->controlled[0].baseline_value) << "POT: given for all, or measured";
}

TEST(SearchSettings, CompareOnAShareOfTheSamplesWhereAllBaselinesAreGiven) {
  RunInputs inputs = chain_inputs(1000);
  inputs.compression.accuracy_aware.metrics = {{"top1", 0.97}};
  inputs.compression.accuracy_aware.metric_subset_ratio = 0.25;
  const auto some = search_settings(inputs)->comparison;
  EXPECT_EQ(some.size(), 250U);
  EXPECT_TRUE(std::is_sorted(some.begin(), some.end()));
  EXPECT_LT(some.back(), 1000U);
  EXPECT_EQ(search_settings(inputs)->comparison, some) << "drawn by the seed";
  inputs.compression.quantization.seed = 1;
  EXPECT_NE(search_settings(inputs)->comparison, some);
  inputs.compression.accuracy_aware.metric_subset_ratio = 1.0;
  EXPECT_TRUE(search_settings(inputs)->comparison.empty()) << "all";
}

TEST(SearchSettings, RefuseABaselineThatTheMetricCannotBe) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.metrics = {{.name = "top1", .baseline_value = 95.0}};
  EXPECT_THAT(complaint(inputs), HasSubstr("baseline_value of \"top1\" is 95; allowed is 0 to 1"));
  inputs.compression.accuracy_aware.metrics[0].baseline_value = 1.0;
  EXPECT_TRUE(search_settings(inputs));
}

TEST(SearchSettings, RefuseADirectionThatTheMetricDoesNotHave) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.metrics = {{.name = "top1", .higher_is_better = false}};
  EXPECT_THAT(complaint(inputs), HasSubstr("the direction of \"top1\" is higher-better"));
}

TEST(SearchSettings, KnowWhichMetricsAreRoots) {
  RunInputs inputs = chain_inputs();
  inputs.metrics.emplace_back(make_metric({.type = "rmse"}).value());
  inputs.metrics.emplace_back(make_metric({.type = "mse"}).value());
  EXPECT_THAT(search_settings(inputs)->roots, ElementsAre("rmse"));
}

TEST(SearchSettings, TuneAndConvertOnlyWhatThePresetLeavesOpen) {
  RunInputs inputs = chain_inputs();
  auto& compression = inputs.compression;
  compression.accuracy_aware.convert_to_mixed_preset = compression.accuracy_aware.tune_hyperparams = true;
  EXPECT_TRUE(search_settings(inputs)->convert_to_mixed);
  EXPECT_TRUE(search_settings(inputs)->tune_hyperparams);
  compression.accuracy_aware.start_reverted = {"fc0"};
  EXPECT_TRUE(search_settings(inputs)->convert_to_mixed) << "a branch starts from what its parent came to";
  EXPECT_TRUE(search_settings(inputs)->tune_hyperparams);
  compression.quantization.preset = Preset::Mixed;
  EXPECT_FALSE(search_settings(inputs)->convert_to_mixed);
  compression.quantization.activations.symmetric = true;
  EXPECT_TRUE(search_settings(inputs)->convert_to_mixed) << "symmetric in spite of the preset";
  compression.quantization.preset = Preset::Auto;
  EXPECT_FALSE(search_settings(inputs)->convert_to_mixed);
  EXPECT_FALSE(search_settings(inputs)->tune_hyperparams);
}

TEST(SearchSettings, SuggestTheNameThatWasMeant) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.metrics = {{"topl", {}}};
  EXPECT_THAT(complaint(inputs), HasSubstr("names \"topl\" (did you mean \"top1\"?); engine.metrics has top1"));
}

TEST(SearchSettings, RefuseATargetWithNothingToMeasureItOn) {
  RunInputs inputs = chain_inputs();
  inputs.validation = nullptr;
  EXPECT_THAT(complaint(inputs), HasSubstr("needs engine.validation"));
  inputs = chain_inputs();
  inputs.metrics.clear();
  EXPECT_THAT(complaint(inputs), HasSubstr("needs engine.validation"));
}

TEST(SearchSettings, BoundTheRankingSubsetByTheData) {
  RunInputs inputs = chain_inputs(1000);
  EXPECT_EQ(search_settings(inputs)->ranking_subset_size, 300U);
  inputs.compression.accuracy_aware.ranking_subset_size = 5000;
  EXPECT_EQ(search_settings(inputs)->ranking_subset_size, 1000U);
}

TEST(Assumptions, AreNamedOnlyWhereSomethingWasAssumed) {
  RunInputs inputs = chain_inputs(1000);
  EXPECT_THAT(assumptions(inputs), ElementsAre("stat_subset_size not given: calibrating on 20 of 20 samples",
                                               "ranking_subset_size not given: ranking on 300 of 1000 samples"));
  inputs.compression.quantization.stat_subset_size = 20;
  inputs.compression.accuracy_aware.ranking_subset_size = 100;
  EXPECT_THAT(assumptions(inputs), IsEmpty());
}

}  // namespace
}  // namespace quantrail
