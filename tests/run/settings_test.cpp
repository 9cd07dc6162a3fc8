#include "run/settings.h"

#include <gmock/gmock.h>

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

TEST(SearchSettings, TakeTheFirstMetricWhereNoneIsNamed) {
  RunInputs inputs = chain_inputs();
  inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  const auto settings = search_settings(inputs);
  EXPECT_EQ(settings->metric, "top1");
  EXPECT_EQ(settings->higher_is_better.size(), 2U);
  EXPECT_FALSE(settings->baseline_value);
  EXPECT_THAT(assumptions(inputs), testing::Contains(HasSubstr("controlling \"top1\"")));
}

TEST(SearchSettings, TakeTheMetricAndBaselineThatAreNamed) {
  RunInputs inputs = chain_inputs();
  inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  inputs.compression.accuracy_aware.metrics = {{"top5", 0.97}};
  const auto settings = search_settings(inputs);
  EXPECT_EQ(settings->metric, "top5");
  EXPECT_EQ(settings->baseline_value, 0.97);
}

TEST(SearchSettings, SuggestTheNameThatWasMeant) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.metrics = {{"topl", {}}};
  EXPECT_THAT(complaint(inputs), HasSubstr("names \"topl\" (did you mean \"top1\"?); engine.metrics has top1"));
}

TEST(SearchSettings, RefuseMoreThanOneMetricToControl) {
  RunInputs inputs = chain_inputs();
  inputs.compression.accuracy_aware.metrics = {{"top1", {}}, {"top1", {}}};
  EXPECT_THAT(complaint(inputs), HasSubstr("2 entries; this version controls one"));
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
