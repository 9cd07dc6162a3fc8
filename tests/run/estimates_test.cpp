// Runs that bisect with estimates, see search/guess.h.
#include <gmock/gmock.h>

#include "run/fakes.h"

namespace quantrail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using namespace testing_run;

/// Bisecting with groups ranked on few of the samples, so that beginnings are estimated first.
struct Guessing : Attempts {
  Guessing() {
    inputs.compression.accuracy_aware.search = SearchOrder::Bisect;
    inputs.compression.accuracy_aware.ranking_subset_size = 4;
  }
};

TEST(Estimates, TellsOfEstimatesAndTakesTheFirstFromTheRanking) {
  Guessing run;
  FakeObserver observer;
  const auto result = run.attempt(observer);
  ASSERT_TRUE(result) << result.error().message;
  std::vector<std::string> steps;
  for (const auto& event : observer.events) {
    if (const auto* done = std::get_if<StepFinished>(&event)) steps.push_back(done->name + (done->reused ? " *" : ""));
  }
  // All three are needed: one and two of them are not, and three, which estimates find, are the whole model in float.
  EXPECT_THAT(steps,
              ElementsAre("evaluate float model", "calibrate", "quantize", "choose ranges", "look for saturation",
                          "evaluate quantized model", "rank 3 groups", "estimate: revert fc0 *",
                          "estimate: revert the first 2 groups", "estimate: revert the first 3 groups",
                          "revert the first 3 groups", "revert the first 2 groups"));
  EXPECT_THAT(run.recorder.notes,
              Contains("estimate: the first 2 of 3 groups in float would drop 0.03 of top1, by 4 samples"));
  ASSERT_EQ(run.recorder.iterations.size(), 3U);
  EXPECT_EQ(run.recorder.iterations[1].kind, IterationKind::Probe);
  EXPECT_EQ(result->best, 1);
}

TEST(Estimates, CorrectsNoBiasesForEstimates) {
  Guessing run;
  run.inputs.compression.quantization.use_fast_bias = false;
  run.inputs.compression.accuracy_aware.correct_again = true;
  const auto result = run.attempt();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(run.workbench.corrections, static_cast<int>(run.recorder.iterations.size())) << "one for each model";
}

TEST(Estimates, StoppedAmongEstimatesAndResumedRecordsTheSame) {
  Guessing whole;
  FakeObserver all;
  ASSERT_TRUE(whole.attempt(all));
  for (std::size_t at = 1; at < all.events.size(); ++at) {
    Guessing run;
    FakeObserver observer;
    observer.stop_after = at;
    static_cast<void>(run.attempt(observer));
    const auto resumed = run.attempt();
    ASSERT_TRUE(resumed) << "stopped after event " << at << ": " << resumed.error().message;
    EXPECT_EQ(run.recorder.iterations, whole.recorder.iterations) << "stopped after event " << at;
  }
}

}  // namespace
}  // namespace quantrail
