#include <gmock/gmock.h>

#include <random>

#include "run/execute.h"
#include "run/fakes.h"
#include "run/rebuild.h"
#include "run/small_network.h"

namespace quantrail {
namespace {

using testing_run::FakeObserver;
using testing_run::FakeRecorder;
using testing_run::separable_inputs;

struct Whole {
  RunInputs inputs{};
  MemoryStore store{};
  FakeRecorder recorder{};
  FakeObserver observer{};
  RunResult result{};
};

/// The run without interruption, on one thread.
Whole& whole() {
  static Whole run;
  static const bool once = [] {
    run.inputs = separable_inputs();
    const auto result = execute(run.inputs, run.store, run.recorder, run.observer, {});
    EXPECT_TRUE(result) << result.error().message;
    if (result) run.result = *result;
    return true;
  }();
  EXPECT_TRUE(once);
  return run;
}

TEST(Run, OfARealNetworkRevertsLayersUntilTheTargetIsMet) {
  const Whole& run = whole();
  EXPECT_EQ(run.result.outcome, Outcome::Met) << run.result.explanation;
  EXPECT_EQ(run.recorder.baselines.at(0).metrics.at("top1"), 1.0);
  ASSERT_GE(run.recorder.iterations.size(), 2U);
  EXPECT_GT(run.recorder.iterations[0].drop, 0.06);
  EXPECT_EQ(run.recorder.iterations[0].int8_macs_share, 1.0);
  const IterationRecord& best = run.recorder.iterations.at(static_cast<std::size_t>(run.result.best));
  EXPECT_LE(best.drop, 0.06 + 1e-9);
  EXPECT_GT(best.int8_macs_share, 0.0);
  EXPECT_LT(best.int8_macs_share, 1.0);
}

TEST(Run, OnTwoThreadsRecordsTheSame) {
  RunInputs inputs = whole().inputs;
  inputs.threads = 2;
  MemoryStore store;
  FakeRecorder recorder;
  FakeObserver observer;
  const auto result = execute(inputs, store, recorder, observer, {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->outcome, whole().result.outcome);
  EXPECT_EQ(result->best, whole().result.best);
  EXPECT_EQ(result->explanation, whole().result.explanation);
  EXPECT_EQ(recorder.iterations, whole().recorder.iterations);
  EXPECT_EQ(recorder.rankings, whole().recorder.rankings);
}

TEST(Run, StoppedAtRandomAndResumedRecordsTheSame) {
  const Whole& run = whole();
  std::minstd_rand random(5);
  for (int trial = 0; trial < 6; ++trial) {
    RunInputs inputs = run.inputs;
    inputs.threads = 1 + static_cast<std::size_t>(trial) % 2;
    MemoryStore store;
    FakeRecorder recorder;
    for (bool finished = false; !finished;) {
      FakeObserver observer;
      // Steps that are replayed tell little, so even the smallest draw gets somewhere.
      observer.stop_after = run.observer.events.size() / 8 + random() % (run.observer.events.size() / 2);
      const auto result = execute(inputs, store, recorder, observer, observer.stop.get_token());
      ASSERT_TRUE(result || result.error().cause == Cause::Cancelled) << result.error().message;
      finished = result.has_value();
    }
    EXPECT_EQ(recorder.iterations, run.recorder.iterations);
    EXPECT_EQ(recorder.rankings, run.recorder.rankings);
    EXPECT_EQ(recorder.result->explanation, run.result.explanation);
  }
}

TEST(Run, DistancesDoNotDependOnWhatWasComputedBefore) {
  Whole& run = whole();
  const auto quantization = stored_quantization(run.store, run.recorder.iterations.at(0).quantization);
  ASSERT_TRUE(quantization) << quantization.error().message;
  EvaluationRequest wanted;
  wanted.variant.quantization = &*quantization;
  wanted.distance = true;
  for (std::size_t sample = 0; sample < 60; sample += 1 + sample % 3) wanted.samples.push_back(sample);
  EvaluationRequest in_float;
  for (std::size_t sample = 0; sample < 60; ++sample) in_float.samples.push_back(sample);
  std::vector<Evaluation> answers;
  for (const bool before : {true, false}) {
    const auto evaluator = Evaluator::create(run.inputs.graph, run.inputs.validation, run.inputs.metrics, {});
    ASSERT_TRUE(evaluator);
    // The second time from other places in the micro-batches.
    if (!before) in_float.samples.erase(in_float.samples.begin());
    const auto kept = evaluator->evaluated(in_float, {});
    ASSERT_TRUE(kept);
    answers.push_back(evaluator->evaluated(wanted, {}).value());
  }
  EXPECT_EQ(answers[0].distances, answers[1].distances);
}

TEST(Run, AnyIterationIsRebuiltBitForBit) {
  Whole& run = whole();
  for (const auto& iteration : run.recorder.iterations) {
    const auto file = rebuilt(run.inputs.model, run.inputs.graph, iteration, RevertMode::Full, run.store);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->bytes.size(), iteration.size_bytes);
  }
}

TEST(Run, ARecordThatDoesNotComeOutAgainIsAnError) {
  Whole& run = whole();
  IterationRecord wrong = run.recorder.iterations.at(0);
  wrong.snapshot_hash = Digest{};
  const auto file = rebuilt(run.inputs.model, run.inputs.graph, wrong, RevertMode::Full, run.store);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().cause, Cause::Storage);
}

}  // namespace
}  // namespace quantrail
