#include "tracking/runs.h"

#include <cmath>

#include "support.h"
#include "tracking/requests.h"

namespace quantrail::tracking {
namespace {

class RunsTest : public testing::Test {
 protected:
  TempFolder folder_;
  Store store_ = new_store(folder_);
  Runs runs_ = must(Runs::open(store_));
};

TEST_F(RunsTest, AnEmptyStoreHasNone) {
  EXPECT_TRUE(must(runs_.list()).empty());
  EXPECT_TRUE(fails_with(runs_.find("latest"), Cause::InvalidInput, "no runs"));
  EXPECT_TRUE(fails_with(runs_.show(1), Cause::InvalidInput, "no run \"1\""));
}

TEST_F(RunsTest, ANewRunIsQueuedAndHasWhatItWasGiven) {
  RunSpec spec = spec_named("first");
  spec.tags = {"b", "a", "b"};
  const CreatedRun created = must(runs_.create(spec));
  const RunDetails details = must(runs_.show(created.id));
  EXPECT_EQ(details.summary.state, RunState::Queued);
  EXPECT_EQ(details.summary.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(details.summary.model, "net");
  EXPECT_EQ(details.config_json, spec.config_json);
  EXPECT_EQ(details.model_path, spec.model_path);
  EXPECT_EQ(details.model_hash, spec.model_hash);
  EXPECT_EQ(details.uid, created.uid);
  EXPECT_EQ(details.environment_json, "{}");
  EXPECT_FALSE(details.baseline || details.result || details.lease || details.started_ms);
  EXPECT_FALSE(details.summary.float_metric || details.summary.quantized || details.summary.best ||
               details.summary.drop);
}

TEST_F(RunsTest, ARunBranchesOffAnother) {
  const auto parent = new_run(store_);
  RunSpec spec = spec_named("branch");
  spec.parent_run = parent;
  spec.parent_iteration = 3;
  const RunDetails details = must(runs_.show(must(runs_.create(spec)).id));
  EXPECT_EQ(details.parent_run, parent);
  EXPECT_EQ(details.parent_iteration, 3);
}

TEST_F(RunsTest, ATakenNameGetsANumber) {
  EXPECT_EQ(must(runs_.create(spec_named("a"))).name, "a");
  EXPECT_EQ(must(runs_.create(spec_named("a"))).name, "a-2");
  EXPECT_EQ(must(runs_.create(spec_named("a"))).name, "a-3");
  EXPECT_EQ(must(runs_.create(spec_named(""))).name, "net") << "without a name, the model's";
}

TEST_F(RunsTest, NamesThatMeanSomethingElseAreRefused) {
  for (const char* name : {"12", "latest", "a@1", "-x", "a\nb"}) {
    EXPECT_TRUE(fails_with(runs_.create(spec_named(name)), Cause::InvalidInput, "run name ")) << name;
  }
  EXPECT_TRUE(must(runs_.list()).empty());
}

TEST_F(RunsTest, FindsByIdNameLatestAndBeginning) {
  const auto alpha = new_run(store_, "alpha");
  const auto beta = new_run(store_, "beta");
  const auto betamax = new_run(store_, "betamax");
  EXPECT_EQ(must(runs_.find(std::to_string(alpha))), alpha);
  EXPECT_EQ(must(runs_.find("latest")), betamax);
  EXPECT_EQ(must(runs_.find("beta")), beta) << "a whole name wins over a beginning";
  EXPECT_EQ(must(runs_.find("al")), alpha);
  EXPECT_TRUE(fails_with(runs_.find("bet"), Cause::InvalidInput, "\"bet\" could be betamax, beta"));
  EXPECT_TRUE(fails_with(runs_.find("alhpa"), Cause::InvalidInput, "did you mean \"alpha\"?"));
  EXPECT_TRUE(fails_with(runs_.find("99"), Cause::InvalidInput, "no run \"99\""));
  EXPECT_TRUE(fails_with(runs_.find("99999999999999999999"), Cause::InvalidInput, "no run"));
  EXPECT_TRUE(fails_with(runs_.find(""), Cause::InvalidInput, "no run \"\""));
  EXPECT_TRUE(fails_with(runs_.find("%"), Cause::InvalidInput, "no run \"%\""));
}

TEST_F(RunsTest, TheListShowsEachRunAsItIsNow) {
  const auto quiet = new_run(store_, "quiet");
  const auto busy = new_run(store_, "busy");
  const auto lease = own(store_, busy);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  EXPECT_EQ(must(runs_.list()).at(0).float_metric, 0.75);
  EXPECT_FALSE(must(runs_.list()).at(0).quantized);
  must(recorder->iteration(sample_iteration(0, 0.05)));
  must(recorder->iteration(sample_iteration(1, 0.02)));
  must(recorder->iteration(sample_iteration(2, 0.03)));
  const auto list = must(runs_.list());
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].id, busy) << "newest first";
  EXPECT_EQ(list[0].state, RunState::Running);
  EXPECT_EQ(list[0].metric, "top1");
  EXPECT_EQ(list[0].quantized, 0.75 - 0.05);
  EXPECT_EQ(list[0].best, 0.75 - 0.02);
  EXPECT_EQ(list[0].drop, 0.02);
  EXPECT_EQ(list[0].best_iteration, 1);
  EXPECT_EQ(list[0].reverted, 1);
  EXPECT_EQ(list[0].iterations, 3);
  EXPECT_FALSE(list[0].outcome);
  EXPECT_EQ(list[1].id, quiet);
  EXPECT_EQ(list[1].iterations, 0);
}

TEST_F(RunsTest, AMetricThatIsNanIsMeasuredButNeverTheBest) {
  const auto run = new_run(store_);
  const auto lease = own(store_, run);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  IterationRecord broken = sample_iteration(0, kNaN);
  must(recorder->iteration(broken));
  const RunSummary summary = must(runs_.summary(run));
  ASSERT_TRUE(summary.quantized);
  EXPECT_TRUE(std::isnan(*summary.quantized));
  EXPECT_FALSE(summary.best);
  EXPECT_FALSE(summary.drop);
}

TEST_F(RunsTest, AFollowerReadsOnlyWhatIsNew) {
  const auto run = new_run(store_);
  const auto lease = own(store_, run);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  must(recorder->iteration(sample_iteration(0)));
  must(recorder->note("one"));
  const auto events = must(runs_.events(run, 0));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(must(runs_.lease(run)).value().worker.pid, ::getpid());
  EXPECT_FALSE(must(runs_.lease(run + 1)));
  const auto before = must(runs_.data_version());
  must(recorder->iteration(sample_iteration(1)));
  must(recorder->note("two"));
  EXPECT_NE(must(runs_.data_version()), before);
  std::filesystem::rename(store_.database_path(), store_.database_path().string() + ".away");
  EXPECT_EQ(runs_.data_version().error().cause, Cause::Storage) << "what is read now is of a file that is gone";
  const auto iterations = must(runs_.iterations(run, 1));
  ASSERT_EQ(iterations.size(), 1U);
  EXPECT_EQ(iterations[0].index, 1);
  const auto news = must(runs_.events(run, events.back().id));
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].text, "two");
}

TEST_F(RunsTest, AStopIsOneRequestHoweverOftenItIsAsked) {
  const auto run = new_run(store_);
  const auto lease = own(store_, run);
  const auto first = must(runs_.request(run, Verb::Stop));
  EXPECT_EQ(must(runs_.request(run, Verb::Stop)), first);
  EXPECT_EQ(must(runs_.summary(run)).state, RunState::Stopping);
  const auto asked = pending(store_, run);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].verb, Verb::Stop);
  auto database = must(store_.connect());
  must(answer(database, first, "stopping after this block", 1));
  EXPECT_TRUE(pending(store_, run).empty());
}

TEST_F(RunsTest, ARunWithoutAWorkerTakesNoRequests) {
  const auto run = new_run(store_);
  EXPECT_TRUE(fails_with(runs_.request(run, Verb::Stop), Cause::InvalidInput,
                         "run 1 (first) is queued: there is no worker to stop"));
  own(store_, run).reset();
  EXPECT_TRUE(fails_with(runs_.request(run, Verb::Stop), Cause::InvalidInput, "is interrupted"));
  EXPECT_TRUE(fails_with(runs_.request(77, Verb::Stop), Cause::InvalidInput, "no run \"77\""));
}

}  // namespace
}  // namespace quantrail::tracking
