// Metrics that programs compute are asked for only where somebody looks at them.
#include <gmock/gmock.h>

#include "run/fakes.h"

namespace quantrail {
namespace {

using namespace testing_run;

class FakeCommand final : public FakeMetric {
 public:
  FakeCommand() : FakeMetric("score", "command run=score") {}
  [[nodiscard]] Judge judge() const override { return Judge::Command; }
};

/// Gives both metrics, unless one is not asked for, and counts the samples that the program is asked for.
class CountingWorkbench final : public FakeWorkbench {
 public:
  Result<Evaluation> evaluate(const EvaluationRequest& request, const EvaluationHooks& hooks) override {
    auto made = FakeWorkbench::evaluate(request, hooks);
    if (!made || request.left_out.contains("score")) return made;
    scored += request.samples.size();
    if (request.distance) ++scored_with_distance;
    made->metrics["score"] = made->metrics.at("top1");
    made->per_sample["score"] = made->per_sample.at("top1");
    return made;
  }
  std::size_t scored = 0;
  int scored_with_distance = 0;  ///< those of rankings and estimates
};

struct Scored {
  RunInputs inputs = chain_inputs();
  CountingWorkbench workbench{};
  FailingStore store{};
  FakeRecorder recorder{};

  Scored() {
    inputs.metrics.push_back(std::make_shared<FakeCommand>());
    inputs.compression.accuracy_aware.metrics = {{.name = "top1"}};
    inputs.compression.accuracy_aware.ranking_subset_size = 4;
  }
  Result<RunResult> attempt(FakeObserver& observer) {
    return execute(inputs, workbench, store, recorder, observer, observer.stop.get_token());
  }
  Result<RunResult> attempt() {
    FakeObserver observer;
    return attempt(observer);
  }
};

TEST(LeftOutMetrics, AreNotComputedForCandidatesAndEstimates) {
  for (const auto order : {SearchOrder::OneByOne, SearchOrder::Bisect}) {
    Scored run;
    run.inputs.compression.accuracy_aware.search = order;
    const auto result = run.attempt();
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_FALSE(run.recorder.rankings.empty());
    EXPECT_EQ(run.workbench.scored_with_distance, 0);
    EXPECT_EQ(run.workbench.scored, 10 * (run.recorder.iterations.size() + 1)) << "the models that are recorded";
    for (const auto& iteration : run.recorder.iterations) EXPECT_TRUE(iteration.metrics.contains("score"));
  }
}

TEST(LeftOutMetrics, AreComputedForCandidatesThatAreRankedByThem) {
  Scored run;
  run.inputs.compression.accuracy_aware.metrics = {{.name = "score"}};
  ASSERT_TRUE(run.attempt());
  EXPECT_EQ(run.workbench.scored_with_distance, 3);
}

TEST(LeftOutMetrics, AreNoReasonToComputeAgainWhatIsKnownWithThem) {
  Scored by_program;
  by_program.inputs.compression.accuracy_aware.metrics = {{.name = "score"}};
  ASSERT_TRUE(by_program.attempt());
  const auto kept = by_program.recorder.rankings.front().scores;
  by_program.inputs.compression.accuracy_aware.metrics = {{.name = "top1"}};
  by_program.recorder = {};
  const int before = by_program.workbench.evaluations;
  ASSERT_TRUE(by_program.attempt());
  EXPECT_EQ(by_program.workbench.evaluations, before);
  EXPECT_EQ(by_program.recorder.rankings.front().scores, kept);

  Scored without;
  ASSERT_TRUE(without.attempt());
  without.inputs.compression.accuracy_aware.metrics = {{.name = "score"}};
  without.recorder = {};
  ASSERT_TRUE(without.attempt());
  EXPECT_EQ(without.workbench.scored_with_distance, 3) << "what is known without them is not enough";
}

TEST(LeftOutMetrics, StoppedAnywhereAndResumedTheRecordIsTheSame) {
  Scored whole;
  FakeObserver all;
  ASSERT_TRUE(whole.attempt(all));
  for (std::size_t at = 1; at < all.events.size(); ++at) {
    Scored run;
    FakeObserver observer;
    observer.stop_after = at;
    static_cast<void>(run.attempt(observer));
    const auto resumed = run.attempt();
    ASSERT_TRUE(resumed) << "stopped after event " << at << ": " << resumed.error().message;
    EXPECT_EQ(run.recorder.iterations, whole.recorder.iterations) << "stopped after event " << at;
    EXPECT_EQ(run.recorder.rankings, whole.recorder.rankings) << "stopped after event " << at;
  }
}

}  // namespace
}  // namespace quantrail
