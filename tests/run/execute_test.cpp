#include "run/execute.h"

#include <gmock/gmock.h>

#include <limits>

#include "run/fakes.h"
#include "run/rebuild.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace testing_run;

TEST(Execute, RecordsBaselineRankingAndEveryIteration) {
  Attempts run;
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, Outcome::Met);
  EXPECT_EQ(result->best, 3);
  EXPECT_EQ(run.recorder.result, *result);
  ASSERT_EQ(run.recorder.baselines.size(), 1U);
  EXPECT_EQ(run.recorder.baselines[0].metrics.at("top1"), 0.9);
  ASSERT_EQ(run.recorder.rankings.size(), 1U);
  EXPECT_EQ(run.recorder.rankings[0].subset_size, 10U);
  EXPECT_EQ(run.recorder.rankings[0].scores.size(), 3U);

  ASSERT_EQ(run.recorder.iterations.size(), 4U);
  const IterationRecord& second = run.recorder.iterations[2];
  EXPECT_EQ(second.index, 2);
  EXPECT_EQ(second.kind, IterationKind::Revert);
  EXPECT_THAT(second.changed_layers, ElementsAre("fc1"));
  EXPECT_THAT(second.reverted_layers, ElementsAre("fc0", "fc1"));
  EXPECT_THAT(second.reverted_groups, ElementsAre("fc0", "fc1"));
  EXPECT_NEAR(second.drop, 0.03, 1e-12);
  EXPECT_NEAR(second.int8_macs_share, 1.0 / 3.0, 1e-12);
  EXPECT_EQ(second.size_bytes, std::string("model fc0 fc1").size());
  EXPECT_EQ(second.snapshot_hash, snapshot_hash({.bytes = "model fc0 fc1"}));
  EXPECT_EQ(second.quantization, chain_quantization().digest());
  EXPECT_EQ(run.recorder.iterations[0].int8_macs_share, 1.0);
}

TEST(Execute, KeepsTheQuantizationInTheStoreByItsDigest) {
  Attempts run;
  ASSERT_TRUE(run.attempt());
  const auto stored = stored_quantization(run.store, run.recorder.iterations[1].quantization);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(*stored, chain_quantization());
  EXPECT_EQ(stored_quantization(run.store, Digest{}).error().cause, Cause::Storage);
}

TEST(Execute, ComputesNothingTwice) {
  Attempts run;
  const auto first = run.attempt();
  const int computed = run.workbench.evaluations;
  EXPECT_EQ(first->evaluations, static_cast<std::size_t>(computed));
  EXPECT_EQ(first->reused, 0U);
  const auto second = run.attempt();
  EXPECT_EQ(run.workbench.evaluations, computed);
  EXPECT_EQ(run.workbench.calibrations, 1);
  EXPECT_EQ(second->reused, second->evaluations);
  EXPECT_EQ(second->explanation, first->explanation);
}

TEST(Execute, SharesWorkWithARunOfAnotherLimit) {
  Attempts run;
  run.inputs.compression.accuracy_aware.maximal_drop = 0.05;
  ASSERT_TRUE(run.attempt());
  const int computed = run.workbench.evaluations;
  Attempts stricter;
  FakeObserver observer;
  ASSERT_TRUE(execute(stricter.inputs, run.workbench, run.store, stricter.recorder, observer, {}));
  EXPECT_EQ(stricter.recorder.iterations.size(), 4U);
  EXPECT_EQ(run.workbench.evaluations, computed + 1);  // only the third revert is new
}

TEST(Execute, StoppedAtAnyEventAndResumedRecordsTheSame) {
  Attempts whole;
  FakeObserver all;
  ASSERT_TRUE(whole.attempt(all));
  for (std::size_t at = 1; at < all.events.size(); ++at) {
    Attempts run;
    FakeObserver observer;
    observer.stop_after = at;
    const auto stopped = run.attempt(observer);
    // A stop after the last evaluation finds nothing left to stop.
    EXPECT_TRUE(stopped || stopped.error().cause == Cause::Cancelled) << stopped.error().message;
    const auto resumed = run.attempt();
    ASSERT_TRUE(resumed) << "stopped after event " << at << ": " << resumed.error().message;
    EXPECT_EQ(run.recorder.iterations, whole.recorder.iterations) << "stopped after event " << at;
    EXPECT_EQ(run.recorder.rankings, whole.recorder.rankings) << "stopped after event " << at;
    EXPECT_EQ(resumed->explanation, whole.recorder.result->explanation);
  }
}

TEST(Execute, AStopCostsAtMostTheBlockUnderWay) {
  Attempts run;
  run.inputs = chain_inputs(100);
  FakeObserver observer;
  observer.on = [&](const RunEvent& event) {
    const auto* progress = std::get_if<StepProgress>(&event);
    if (progress != nullptr && progress->total == 100 && progress->done == 60) observer.stop.request_stop();
  };
  ASSERT_FALSE(run.attempt(observer));
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.resumed_samples, 60U);
}

TEST(Execute, ACandidateThatIsDoneIsNotRankedAgainAfterAStop) {
  Attempts run;
  run.inputs.compression.accuracy_aware.ranking_subset_size = 2;  // a single block
  FakeObserver observer;
  observer.on = [&](const RunEvent& event) {
    const auto* progress = std::get_if<StepProgress>(&event);
    if (progress != nullptr && progress->total == 6 && progress->done == 2) observer.stop.request_stop();
  };
  ASSERT_FALSE(run.attempt(observer));
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.resumed_samples, 2U);
}

TEST(Execute, RecordsBeforeItTells) {
  Attempts run;
  FakeObserver observer;
  observer.on = [&](const RunEvent& event) {
    if (const auto* iteration = std::get_if<IterationRecord>(&event)) {
      EXPECT_EQ(run.recorder.iterations.back().index, iteration->index);
    }
    EXPECT_TRUE(!std::holds_alternative<RankingRecord>(event) || !run.recorder.rankings.empty());
    EXPECT_TRUE(!std::holds_alternative<Baseline>(event) || !run.recorder.baselines.empty());
    EXPECT_TRUE(!std::holds_alternative<RunResult>(event) || run.recorder.result);
  };
  ASSERT_TRUE(run.attempt(observer));
}

TEST(Execute, TellsOfEachStepWithItsProgressToTheEnd) {
  Attempts run;
  FakeObserver observer;
  ASSERT_TRUE(run.attempt(observer));
  std::vector<std::string> steps;
  std::size_t total = 0;
  std::size_t done = 0;
  for (const auto& event : observer.events) {
    if (const auto* started_step = std::get_if<StepStarted>(&event)) {
      steps.push_back(started_step->name);
      total = started_step->total;
      done = 0;
    }
    if (const auto* progress = std::get_if<StepProgress>(&event)) done = progress->done;
    if (const auto* finished = std::get_if<StepFinished>(&event)) {
      EXPECT_EQ(finished->name, steps.back());
      EXPECT_EQ(done, total) << finished->name;
    }
  }
  EXPECT_THAT(steps,
              ElementsAre("evaluate float model", "calibrate", "quantize", "choose ranges", "look for saturation",
                          "evaluate quantized model", "rank 3 groups", "revert fc0", "revert fc1", "revert fc2"));
}

TEST(Execute, WaitsWhileTheDiskIsFullAndSaysSo) {
  Attempts run;
  run.store.failures = 2;
  FakeObserver observer;
  const auto result = run.attempt(observer);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(observer.notes(), Contains(HasSubstr("waiting for storage: disk full")));
  EXPECT_THAT(observer.notes(), Contains(HasSubstr("storage works again")));
}

TEST(Execute, AStopEndsTheWaitForStorage) {
  Attempts run;
  run.store.failures = std::numeric_limits<int>::max();
  FakeObserver observer;
  observer.on = [&](const RunEvent& event) {
    const auto* note = std::get_if<Noted>(&event);
    if (note != nullptr && note->text.starts_with("waiting")) observer.stop.request_stop();
  };
  const auto result = run.attempt(observer);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::Cancelled);
}

TEST(Execute, EndsAtOnceWhenStorageFailsForGood) {
  Attempts run;
  run.store.failures = 1;
  run.store.cause = Cause::Storage;
  const auto result = run.attempt();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::Storage);
}

TEST(Execute, RefusesAFloatModelWhoseMetricIsNotANumber) {
  Attempts run;
  run.workbench.value_of = [](const Variant&) { return std::numeric_limits<double>::quiet_NaN(); };
  const auto result = run.attempt();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, Cause::InvalidInput);
  EXPECT_THAT(result.error().message, HasSubstr("the float model's \"top1\" is nan"));
}

TEST(Execute, NotesSamplesWithoutANumberAndRefusesWhereMostAre) {
  Attempts run;
  run.workbench.not_numbers = {3};
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(run.recorder.notes,
              Contains(AllOf(HasSubstr("1 of 10 samples hold NaN, or"), HasSubstr("they count as wrong"))));
  Attempts useless;
  for (std::size_t at = 1; at < useless.inputs.validation->size(); ++at) useless.workbench.not_numbers.push_back(at);
  const auto refused = useless.attempt();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cause, Cause::InvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("there is nothing to compare with"));
}

TEST(Execute, WarnsWhereIntegersGainMoreThanRoundingCan) {
  Attempts run;
  run.workbench.value_of = [](const Variant& variant) { return variant.quantization == nullptr ? 0.1 : 0.6; };
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, Outcome::NothingToDo);
  EXPECT_THAT(run.recorder.notes, Contains(HasSubstr("gains 0.5 of top1 over float: check labels")));
}

TEST(Execute, WarnsOfNoGainOfMetricsWithoutAScale) {
  Attempts run;
  run.inputs.metrics = {std::make_shared<FakeMetric>("top1", "rmse", MetricRange{.least = 0.0})};
  run.workbench.value_of = [](const Variant& variant) { return variant.quantization == nullptr ? 656.0 : 656.5; };
  ASSERT_TRUE(run.attempt());
  EXPECT_THAT(run.recorder.notes, Not(Contains(HasSubstr("gains"))));
}

TEST(Execute, OnlyQuantizesWhereThereIsNothingToMeasureOn) {
  Attempts run;
  run.inputs.compression.algorithm = "DefaultQuantization";
  run.inputs.validation = nullptr;
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, Outcome::Met);
  EXPECT_EQ(run.workbench.evaluations, 0);
  ASSERT_EQ(run.recorder.iterations.size(), 1U);
  EXPECT_THAT(run.recorder.iterations[0].metrics, IsEmpty());
  EXPECT_TRUE(run.recorder.baselines.empty());
}

TEST(Execute, ComputesAgainWhereStoredStatisticsAreDamaged) {
  class Damaged : public MemoryStore {
   public:
    Result<std::optional<std::vector<std::uint8_t>>> find_blob(const Digest&) override {
      return std::vector<std::uint8_t>{1, 2, 3};
    }
  };
  Attempts run;
  Damaged store;
  FakeObserver observer;
  const auto result = execute(run.inputs, run.workbench, store, run.recorder, observer, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(run.workbench.calibrations, 1);
}

TEST(Execute, SaysWhatTheBestModelIsAndHowFast) {
  Attempts run;
  const auto result = run.attempt();
  EXPECT_THAT(result->explanation, HasSubstr("In float: fc0, fc1, fc2. 0.0 % of the multiply-adds in int8"));
  EXPECT_EQ(result->speed_up,
            runtime_info().int8_exact || runtime_info().wide_tiles ? std::optional(2.0) : std::nullopt)
      << "integers made up for in float say nothing about the file's speed";
}

TEST(Execute, EndsWithoutASpeedWhereNoneCanBeMeasured) {
  Attempts run;
  run.workbench.no_pace = true;
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->speed_up, std::nullopt);
  EXPECT_TRUE(run.recorder.result);
  EXPECT_THAT(run.recorder.notes, Contains("the speed-up cannot be measured: no sample to measure with"));
}

TEST(Execute, ForecastsWhatIsStillToBeComputed) {
  Attempts run;
  FakeObserver observer;
  ASSERT_TRUE(run.attempt(observer));
  EXPECT_THAT(observer.notes(), Contains(HasSubstr("forecast: calibration on 20 samples, float and quantized model")));
  EXPECT_THAT(observer.notes(), Contains(HasSubstr("forecast: a ranking of 3 layers on 10 samples")));
  EXPECT_THAT(run.recorder.notes, testing::Not(Contains(HasSubstr("forecast")))) << "times differ from run to run";
  FakeObserver again;
  ASSERT_TRUE(run.attempt(again));
  EXPECT_THAT(again.notes(), testing::Not(Contains(HasSubstr("forecast"))));
}

TEST(Execute, ForecastsNothingThatTheStoreKnowsThoughTheFloatModelWasNotMeasured) {
  Attempts run;
  run.inputs.compression.accuracy_aware.metrics = {{.name = "top1", .baseline_value = 0.9}};
  FakeObserver observer;
  ASSERT_TRUE(run.attempt(observer));
  EXPECT_THAT(observer.notes(), Contains(HasSubstr("forecast: calibration on 20 samples")));
  FakeObserver again;
  ASSERT_TRUE(run.attempt(again));
  EXPECT_THAT(again.notes(), testing::Not(Contains(HasSubstr("forecast"))));
}

TEST(Execute, RanksWithoutSearchingWhereThatIsAll) {
  Attempts run;
  run.inputs.rank_only = true;
  run.inputs.compression.accuracy_aware.maximal_drop = 0.5;
  ASSERT_TRUE(run.attempt());
  ASSERT_EQ(run.recorder.rankings.size(), 1U);
  EXPECT_EQ(run.recorder.rankings[0].scores.size(), 3U);
  EXPECT_EQ(run.recorder.iterations.size(), 1U);
  run.inputs.compression.algorithm = "DefaultQuantization";
  run.recorder = {};
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.recorder.rankings.size(), 1U) << "whatever the algorithm";
}

TEST(Execute, RecordsOfEachModelTheQuantizationThatItIsOf) {
  Attempts run;
  run.inputs.compression.accuracy_aware.convert_to_mixed_preset = true;
  run.workbench.value_of = [](const Variant& variant) {
    if (variant.quantization == nullptr) return 0.9;
    const bool mixed = variant.quantization->activations.at("x").scale == 0.5F;
    return (mixed ? 0.80 : 0.81) + 0.03 * static_cast<double>(variant.reverted.size());
  };
  ASSERT_TRUE(run.attempt());
  ASSERT_EQ(run.recorder.iterations.size(), 5U);
  EXPECT_EQ(run.recorder.iterations[1].kind, IterationKind::Mixed);
  EXPECT_FALSE(run.recorder.iterations[1].accepted);
  EXPECT_NE(run.recorder.iterations[1].quantization, run.recorder.iterations[0].quantization);
  EXPECT_EQ(run.recorder.iterations[2].quantization, run.recorder.iterations[0].quantization) << "back to the base";
  EXPECT_EQ(run.workbench.calibrations, 1) << "one pass over the data serves both presets";
}

TEST(Execute, TunesOnOneCalibrationAndNotesEveryCandidate) {
  Attempts run;
  run.inputs.compression.accuracy_aware.tune_hyperparams = true;
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.calibrations, 1);
  EXPECT_THAT(run.recorder.notes, Contains(HasSubstr("tuning: as configured on 10 samples: top1 0.81")));
  EXPECT_THAT(run.recorder.notes, Contains(HasSubstr("tuning: full bias correction on 10 samples")));
}

TEST(Execute, CorrectsBiasesAgainForEachModelWhereAsked) {
  Attempts run;
  run.inputs.compression.quantization.use_fast_bias = false;
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.corrections, 1);
  Attempts again;
  again.inputs.compression.quantization.use_fast_bias = false;
  again.inputs.compression.accuracy_aware.correct_again = true;
  ASSERT_TRUE(again.attempt());
  EXPECT_EQ(again.workbench.corrections, 4) << "the quantized model, and with one, two and three layers in float";
  for (std::size_t at = 0; at < 4; ++at) {
    const auto stored = stored_quantization(again.store, again.recorder.iterations[at].quantization);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->bias_edits.at("fc0").at(3), static_cast<float>(3 - at));
    EXPECT_EQ(stored->layers.size(), 3U);
  }
}

TEST(Execute, ControlsSeveralMetrics) {
  Attempts run;
  run.inputs.metrics.push_back(std::make_shared<FakeMetric>("top5"));
  FakeObserver observer;
  // The fake workbench measures "top1" alone.
  run.inputs.compression.accuracy_aware.metrics = {{"top1", {}, 0.04}};
  const auto result = run.attempt(observer);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(run.recorder.baselines[0].limits.at("top1"), 0.04);
  EXPECT_EQ(run.recorder.iterations.size(), 3U) << "0.09, 0.06, 0.03";
}

}  // namespace
}  // namespace quantrail
