#include "tracking/recorder.h"

#include <cmath>

#include "support.h"

namespace quantrail::tracking {
namespace {

class RecorderTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Recorder> recorder() { return must(Recorder::open(store_, lease_->owner())); }
  [[nodiscard]] RunDetails shown() { return must(must(Runs::open(store_)).show(run_)); }
  void begin(Recorder& recorder) {
    must(recorder.baseline(sample_baseline()));
    must(recorder.iteration(sample_iteration(0)));
  }

  TempFolder folder_;
  Store store_ = new_store(folder_);
  std::int64_t run_ = new_run(store_);
  std::unique_ptr<Lease> lease_ = own(store_, run_);
};

TEST_F(RecorderTest, RecordsComeBackAsTheyWere) {
  const auto recorder = this->recorder();
  begin(*recorder);
  must(recorder->ranking(sample_ranking(0)));
  must(recorder->iteration(sample_iteration(1, 0.02)));
  const RunDetails details = shown();
  EXPECT_EQ(details.baseline, sample_baseline());
  ASSERT_EQ(details.iterations.size(), 2U);
  for (std::int64_t i = 0; i < 2; ++i) {
    const IterationRecord wanted = sample_iteration(i, i == 0 ? 0.05 : 0.02);
    IterationRecord found = details.iterations.at(static_cast<std::size_t>(i));
    EXPECT_TRUE(std::isnan(found.metrics.at("top5")) && std::isnan(found.drops.at("top5")));
    found.metrics["top5"] = found.drops["top5"] = 0.0;
    IterationRecord expected = wanted;
    expected.metrics["top5"] = expected.drops["top5"] = 0.0;
    EXPECT_EQ(found, expected) << i;
  }
  ASSERT_EQ(details.rankings.size(), 1U);
  EXPECT_EQ(details.rankings[0].scores.at(0), sample_ranking(0).scores.at(0));
  EXPECT_TRUE(std::isnan(details.rankings[0].scores.at(1).score));
  EXPECT_EQ(details.rankings[0].subset_size, 300U);
}

TEST_F(RecorderTest, LayerNamesMayHoldAnyBytes) {
  const auto recorder = this->recorder();
  must(recorder->baseline(sample_baseline()));
  IterationRecord strange = sample_iteration(0);
  strange.reverted_layers = {std::string("\0\xFF\x1B[2J'\"", 8), "", "\n"};
  must(recorder->iteration(strange));
  EXPECT_EQ(shown().iterations.at(0).reverted_layers, strange.reverted_layers);
}

TEST_F(RecorderTest, AReplayThatAgreesChangesNothing) {
  const auto first = recorder();
  begin(*first);
  must(first->ranking(sample_ranking(0)));
  const auto again = recorder();
  begin(*again);
  must(again->ranking(sample_ranking(0)));
  IterationRecord slower = sample_iteration(0);
  slower.seconds = 99.0;
  EXPECT_TRUE(again->iteration(slower)) << "a measured time may differ";
  EXPECT_EQ(shown().iterations.size(), 1U);
  EXPECT_EQ(shown().rankings.size(), 1U);
}

TEST_F(RecorderTest, AReplayThatDiffersOnAnotherMachineSaysWhatTheMachineLacks) {
  const auto attempt = [this](const std::string& isa, int threads) {
    lease_.reset();
    LeaseOptions options;
    options.environment_json =
        fmt::format(R"({{"backend":"oneDNN 2.6.3","instruction_set":"{}","threads":{}}})", isa, threads);
    lease_ = must(Lease::acquire(store_, run_, std::move(options)));
    return recorder();
  };
  begin(*attempt("avx512_vnni", 2));
  IterationRecord other = sample_iteration(0);
  other.drop = 0.25;
  EXPECT_TRUE(fails_with(attempt("avx2", 4)->iteration(other), Cause::Storage,
                         "now), with instruction_set \"avx2\" instead of \"avx512_vnni\"; the run cannot"));
  EXPECT_TRUE(fails_with(attempt("avx512_vnni", 4)->iteration(other), Cause::Storage, "now); the run cannot"))
      << "compared with who recorded, not with who failed";
}

TEST_F(RecorderTest, AReplayThatDiffersIsRefusedAndSaysWhere) {
  const auto recorder = this->recorder();
  begin(*recorder);
  must(recorder->ranking(sample_ranking(0)));
  IterationRecord other = sample_iteration(0);
  other.metrics["top1"] = std::nextafter(other.metrics["top1"], 1.0);
  EXPECT_TRUE(fails_with(recorder->iteration(other), Cause::Storage,
                         "iteration 0 of run 1 differs from its record (metric of top1: "));
  RankingRecord ranking = sample_ranking(0);
  std::swap(ranking.scores[0], ranking.scores[1]);
  EXPECT_TRUE(fails_with(recorder->ranking(ranking), Cause::Storage, "ranking 0 of run 1 differs"));
  Baseline baseline = sample_baseline();
  baseline.limits["top1"] = 0.02;
  EXPECT_TRUE(fails_with(recorder->baseline(baseline), Cause::Storage, "limit of top1: 0.01 is recorded, 0.02 now"));
  EXPECT_EQ(shown().iterations.at(0).metrics.at("top1"), sample_iteration(0).metrics.at("top1"));
}

TEST_F(RecorderTest, IterationsWithoutTheirPredecessorAreRefused) {
  const auto recorder = this->recorder();
  must(recorder->baseline(sample_baseline()));
  EXPECT_TRUE(fails_with(recorder->iteration(sample_iteration(1)), Cause::Storage, "without gaps"));
  EXPECT_TRUE(recorder->iteration(sample_iteration(0)));
}

TEST_F(RecorderTest, AResultMakesTheRunDone) {
  const auto recorder = this->recorder();
  begin(*recorder);
  must(recorder->iteration(sample_iteration(1, 0.005)));
  must(recorder->iteration(sample_iteration(2, 0.001)));
  const RunResult result{
      .outcome = Outcome::Met, .best = 1, .explanation = "one layer is float", .evaluations = 9, .reused = 4};
  must(recorder->finished(result));
  RunResult replayed = result;
  replayed.reused = 9;
  EXPECT_TRUE(recorder->finished(replayed));
  replayed.best = 2;
  EXPECT_TRUE(fails_with(recorder->finished(replayed), Cause::Storage, "best iteration: 1 is recorded, 2 now"));
  must(lease_->release(RunState::Done, ""));
  const RunDetails details = shown();
  EXPECT_EQ(details.result, result);
  EXPECT_EQ(details.summary.state, RunState::Done);
  EXPECT_EQ(details.summary.outcome, Outcome::Met);
  EXPECT_EQ(details.summary.best_iteration, 1) << "the run's own choice, not the smallest drop";
  EXPECT_EQ(details.summary.drop, 0.005);
  EXPECT_EQ(details.summary.reverted, 1);
  EXPECT_TRUE(details.ended_ms);
  EXPECT_FALSE(details.lease);
  EXPECT_EQ(details.attempts.at(0).ended_as, "done");
}

TEST_F(RecorderTest, AResultWhoseBestIterationIsMissingIsRefused) {
  const auto recorder = this->recorder();
  begin(*recorder);
  EXPECT_TRUE(fails_with(recorder->finished({.outcome = Outcome::Met, .best = 1}), Cause::Storage, "CHECK"));
  EXPECT_EQ(shown().summary.state, RunState::Running);
}

TEST_F(RecorderTest, NotesAreNotRepeatedButEventsAre) {
  const auto recorder = this->recorder();
  must(recorder->note("300 samples are used"));
  must(recorder->note("300 samples are used"));
  must(recorder->note("another"));
  must(recorder->event(Level::Warning, "the disk is full"));
  must(recorder->event(Level::Warning, "the disk is full"));
  std::vector<std::string> texts;
  for (const auto& event : shown().events) texts.push_back(event.level + ": " + event.text);
  EXPECT_THAT(texts, testing::ElementsAre("info: 300 samples are used", "info: another", "warning: the disk is full",
                                          "warning: the disk is full"));
}

TEST_F(RecorderTest, ARunGoesOnOnlyWithTheDataItBeganWith) {
  const auto recorder = this->recorder();
  must(recorder->data("validation", digest_of("a"), 2000));
  EXPECT_TRUE(recorder->data("validation", digest_of("a"), 2000));
  EXPECT_TRUE(fails_with(recorder->data("validation", digest_of("b"), 2000), Cause::InvalidInput,
                         "validation data are not those"));
  EXPECT_TRUE(recorder->data("calibration", digest_of("b"), 300));
  must(recorder->data("metric iou", digest_of("c"), 0));
  EXPECT_TRUE(recorder->data("metric iou", digest_of("c"), 0));
  EXPECT_TRUE(fails_with(recorder->data("metric iou", digest_of("d"), 0), Cause::InvalidInput,
                         "the metric iou is not what run 1 began with: its program or files have changed"));
  ASSERT_EQ(shown().data.size(), 3U);
  EXPECT_EQ(shown().data.at(2).samples, 2000);
}

TEST_F(RecorderTest, AWorkerThatLostItsRunWritesNothingMore) {
  const auto frozen = recorder();
  begin(*frozen);
  lease_.reset();  // as a kill would
  const auto heir = own(store_, run_);
  for (const Status& status : {frozen->iteration(sample_iteration(1)), frozen->ranking(sample_ranking(0)),
                               frozen->note("hello"), frozen->finished({.best = 0})}) {
    EXPECT_TRUE(fails_with(status, Cause::Owned, "another worker owns run 1"));
  }
  EXPECT_EQ(shown().iterations.size(), 1U);
  const auto recorder = must(Recorder::open(store_, heir->owner()));
  EXPECT_TRUE(recorder->iteration(sample_iteration(1)));
}

TEST_F(RecorderTest, AFullDiskLosesNothingAndTheCallMayBeRepeated) {
  StoreOptions small;
  auto database = must(store_.connect());
  small.connection.max_pages = must(first_integer(database, "PRAGMA page_count")).value() + 4;
  const auto limited =
      must(Recorder::open(must(Store::open(store_.folder(), Store::Mode::Write, small)), lease_->owner()));
  begin(*limited);
  IterationRecord large = sample_iteration(1);
  for (int i = 0; i < 5000; ++i) large.reverted_layers.push_back("a layer with a long name " + std::to_string(i));
  EXPECT_TRUE(fails_with(limited->iteration(large), Cause::Blocked, "experiments.db: no space left"));
  EXPECT_EQ(shown().iterations.size(), 1U);
  IterationRecord little = sample_iteration(1);
  EXPECT_TRUE(limited->iteration(little)) << "the connection stays usable";
  EXPECT_EQ(shown().iterations.size(), 2U);
}

}  // namespace
}  // namespace quantrail::tracking
