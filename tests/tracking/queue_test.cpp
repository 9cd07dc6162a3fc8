#include "tracking/queue.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

RunSummary waiting(std::int64_t id) {
  RunSummary run{.id = id, .name = "run-" + std::to_string(id), .state = RunState::Queued};
  run.owned = true;
  return run;
}

RunSummary in_state(std::int64_t id, RunState state) {
  RunSummary run{.id = id, .name = "run-" + std::to_string(id), .state = state};
  run.owned = is_live(state);
  return run;
}

TEST(Queue, ARunThatWaitsForNothingBegins) { EXPECT_EQ(reason_to_wait(1, {waiting(1)}), ""); }

TEST(Queue, AfterAnotherHoweverThatEnds) {
  RunSummary second = waiting(2);
  second.start_after = 1;
  for (const auto state : {RunState::Running, RunState::Paused, RunState::Stopping, RunState::Queued}) {
    EXPECT_THAT(reason_to_wait(2, {in_state(1, state), second}), testing::HasSubstr("waiting for run 1 (run-1)"));
  }
  for (const auto state : {RunState::Done, RunState::Failed, RunState::Interrupted}) {
    EXPECT_EQ(reason_to_wait(2, {in_state(1, state), second}), "");
  }
  EXPECT_EQ(reason_to_wait(2, {second}), "") << "a run that was deleted keeps nobody waiting";
}

TEST(Queue, ASilentWorkerElsewhereMayBeAtWorkAndTheWayOutIsNamed) {
  RunSummary first = in_state(1, RunState::Unknown);
  first.reason = "no news from its worker on cluster-7";
  RunSummary second = waiting(2);
  second.start_after = 1;
  const std::string reason = reason_to_wait(2, {first, second});
  EXPECT_THAT(reason,
              testing::HasSubstr("waiting for run 1 (run-1), though there is no news from its worker on cluster-7"));
  EXPECT_THAT(reason, testing::HasSubstr("`quantrail resume 1 --take-over`"));
}

TEST(Queue, OnlySoManyAtOnceInTheOrderOfTheirCreation) {
  std::vector<RunSummary> runs{in_state(1, RunState::Running), waiting(2), waiting(3), waiting(4)};
  for (auto& run : runs) run.start_below = 2;
  EXPECT_EQ(reason_to_wait(2, runs), "");
  EXPECT_EQ(reason_to_wait(3, runs), "waiting for its turn: 1 at work, 1 before it, 2 at a time");
  runs[1].state = RunState::Running;
  EXPECT_EQ(reason_to_wait(3, runs), "waiting for its turn: 2 at work, 2 at a time");
  runs[0].state = RunState::Done;
  EXPECT_EQ(reason_to_wait(3, runs), "");
  EXPECT_NE(reason_to_wait(4, runs), "");
}

TEST(Queue, WhoCannotBeginHoldsNobodyUp) {
  RunSummary later = waiting(2);
  later.start_after = 1;
  later.start_below = 2;
  RunSummary dead = in_state(3, RunState::Interrupted);
  dead.start_below = 2;
  RunSummary next = waiting(4);
  next.start_below = 2;
  EXPECT_EQ(reason_to_wait(4, {in_state(1, RunState::Running), later, dead, next}), "");
}

class WaitingLease : public testing::Test {
 protected:
  TempFolder folder_;
  Store store_ = new_store(folder_);
  std::int64_t run_ = new_run(store_);
};

TEST_F(WaitingLease, KeepsTheRunQueuedUntilItBegins) {
  auto runs = must(Runs::open(store_));
  const auto lease = must(Lease::acquire(store_, run_, {.waiting = true}));
  EXPECT_EQ(must(runs.summary(run_)).state, RunState::Queued);
  EXPECT_TRUE(must(runs.summary(run_)).owned);
  EXPECT_TRUE(runs.request(run_, Verb::Stop)) << "a run that waits can be stopped";
  must(lease->state(RunState::Running));
  EXPECT_EQ(must(runs.summary(run_)).state, RunState::Running);
  must(lease->state(RunState::Paused));
  EXPECT_EQ(must(runs.summary(run_)).state, RunState::Paused);
}

TEST_F(WaitingLease, ADeadOneShowsAsInterrupted) {
  auto runs = must(Runs::open(store_));
  must(Lease::acquire(store_, run_, {.waiting = true})).reset();
  EXPECT_EQ(must(runs.summary(run_)).state, RunState::Interrupted);
  EXPECT_FALSE(must(runs.summary(run_)).owned);
}

}  // namespace
}  // namespace quantrail::tracking
