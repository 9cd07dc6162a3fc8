#include "tracking/lease.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "support.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

using std::chrono::milliseconds;

/// Something that another thread makes true.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    wake_.notify_all();
  }
  [[nodiscard]] bool wait() {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(20), [this] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool raised_ = false;
};

/// This machine, or another one at another time.
StoreOptions on_host(const std::string& name, std::int64_t later_ms = 0) {
  StoreOptions options;
  if (name != options.host.name) options.host.boot_id = "boot of " + name;
  options.host.name = name;
  options.host.now_ms = [later_ms] { return this_host().now_ms() + later_ms; };
  return options;
}

class LeaseTest : public testing::Test {
 protected:
  [[nodiscard]] RunSummary summary() { return must(must(Runs::open(store_)).summary(run_)); }
  [[nodiscard]] RunDetails shown() { return must(must(Runs::open(store_)).show(run_)); }
  [[nodiscard]] Store seen_from(const StoreOptions& options) {
    return must(Store::open(store_.folder(), Store::Mode::Write, options));
  }
  TempFolder folder_;
  Store store_ = new_store(folder_);
  std::int64_t run_ = new_run(store_);
};

TEST_F(LeaseTest, MakesTheRunRunningAndNamesTheWorker) {
  const auto lease = own(store_, run_);
  const RunDetails details = shown();
  EXPECT_EQ(details.summary.state, RunState::Running);
  EXPECT_TRUE(details.started_ms);
  ASSERT_EQ(details.attempts.size(), 1U);
  EXPECT_EQ(details.attempts[0].pid, ::getpid());
  EXPECT_EQ(details.attempts[0].log_path, "/logs/1.log");
  EXPECT_FALSE(details.attempts[0].ended_ms);
  EXPECT_EQ(details.environment_json, R"({"isa":"amx"})");
  ASSERT_TRUE(details.lease);
  EXPECT_EQ(details.lease->attempt, lease->owner().attempt);
}

TEST_F(LeaseTest, IsHeldByOneWorkerOnly) {
  const auto lease = own(store_, run_);
  EXPECT_TRUE(fails_with(Lease::acquire(store_, run_, {}), Cause::Owned, fmt::format("process {}", ::getpid())));
  EXPECT_TRUE(fails_with(Lease::acquire(store_, run_, {.take_over_silent = true}), Cause::Owned, "belongs to"));
  EXPECT_EQ(shown().attempts.size(), 1U);
}

TEST_F(LeaseTest, NeedsARunThatIsNotDone) {
  EXPECT_TRUE(fails_with(Lease::acquire(store_, 99, {}), Cause::InvalidInput, "no run 99"));
  const auto lease = own(store_, run_);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  must(recorder->iteration(sample_iteration(0)));
  must(recorder->finished({.outcome = Outcome::NothingToDo}));
  must(lease->release(RunState::Done, ""));
  EXPECT_TRUE(fails_with(Lease::acquire(store_, run_, {}), Cause::InvalidInput, "is done"));
}

TEST_F(LeaseTest, AWorkerThatIsKilledAfterTheResultLeavesARunThatIsNobodys) {
  auto runs = must(Runs::open(store_));
  auto lease = own(store_, run_);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  must(recorder->iteration(sample_iteration(0)));
  must(runs.request(run_, Verb::Stop));
  must(recorder->finished({.outcome = Outcome::NothingToDo}));
  lease.reset();
  const RunDetails details = shown();
  EXPECT_EQ(details.summary.state, RunState::Done);
  EXPECT_FALSE(details.summary.owned || details.lease);
  EXPECT_EQ(details.attempts.at(0).ended_as, "done");
  EXPECT_TRUE(pending(store_, run_).empty());
  EXPECT_TRUE(runs.trash({{run_}}));
}

TEST_F(LeaseTest, AResultThatIsRecordedIsNotUndoneByAnotherEnd) {
  const auto lease = own(store_, run_);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  must(recorder->iteration(sample_iteration(0)));
  must(recorder->finished({.outcome = Outcome::NothingToDo}));
  EXPECT_TRUE(lease->release(RunState::Interrupted, "stopped"));
  EXPECT_EQ(summary().state, RunState::Done);
}

TEST_F(LeaseTest, AReleasedRunIsInterruptedForAReasonAndCanBeContinued) {
  const auto lease = own(store_, run_);
  must(must(Runs::open(store_)).request(run_, Verb::Stop));
  must(lease->release(RunState::Interrupted, "stopped by the user"));
  EXPECT_EQ(summary().state, RunState::Interrupted);
  EXPECT_EQ(summary().reason, "stopped by the user");
  EXPECT_EQ(shown().attempts.at(0).ended_as, "interrupted");
  EXPECT_TRUE(pending(store_, run_).empty()) << "the wish was fulfilled";
  const auto next = own(store_, run_);
  EXPECT_EQ(summary().state, RunState::Running);
  EXPECT_EQ(summary().reason, "");
  EXPECT_GT(next->owner().attempt, lease->owner().attempt);
}

TEST_F(LeaseTest, AFailureIsShownWithItsReason) {
  must(own(store_, run_)->release(RunState::Failed, "model.onnx: gone"));
  EXPECT_EQ(summary().state, RunState::Failed);
  EXPECT_EQ(summary().reason, "model.onnx: gone");
}

TEST_F(LeaseTest, AWorkerThatDiedShowsAsInterruptedBeforeAnybodyWroteThat) {
  own(store_, run_).reset();
  EXPECT_EQ(summary().state, RunState::Interrupted);
  EXPECT_THAT(summary().reason, testing::HasSubstr("was killed"));
  auto database = must(store_.connect());
  EXPECT_EQ(must(first_integer(database, "SELECT COUNT(*) FROM runs WHERE state = 'running'")), 1)
      << "readers do not write";
}

TEST_F(LeaseTest, TheHeirClosesWhatADeadWorkerLeftOpen) {
  auto dead = own(store_, run_);
  must(must(Runs::open(store_)).request(run_, Verb::Stop));
  dead.reset();
  const auto heir = own(store_, run_);
  const RunDetails details = shown();
  ASSERT_EQ(details.attempts.size(), 2U);
  EXPECT_EQ(details.attempts[0].ended_as, "lost");
  EXPECT_THAT(details.attempts[0].reason, testing::HasSubstr("killed"));
  EXPECT_THAT(details.events.at(0).text, testing::HasSubstr("killed"));
  EXPECT_TRUE(pending(store_, run_).empty()) << "an old wish must not stop the heir";
  EXPECT_EQ(details.summary.state, RunState::Running);
}

TEST_F(LeaseTest, ARestartedMachineIsProofOfDeath) {
  own(store_, run_).reset();
  StoreOptions restarted;
  restarted.host.boot_id = "another boot";
  const Store after = seen_from(restarted);
  EXPECT_THAT(must(must(Runs::open(after)).summary(run_)).reason, testing::HasSubstr("restarted"));
  EXPECT_TRUE(Lease::acquire(after, run_, {}));
}

TEST_F(LeaseTest, AnotherMachinesWorkerIsOnlyTakenOverWhenSilentAndAsked) {
  own(store_, run_).reset();
  const Store soon = seen_from(on_host("elsewhere"));
  EXPECT_EQ(must(must(Runs::open(soon)).summary(run_)).state, RunState::Running) << "there was news";
  EXPECT_TRUE(fails_with(Lease::acquire(soon, run_, {.take_over_silent = true}), Cause::Owned, "belongs to"));
  const Store later = seen_from(on_host("elsewhere", 10 * kNewsMs));
  EXPECT_EQ(must(must(Runs::open(later)).summary(run_)).state, RunState::Unknown);
  EXPECT_TRUE(fails_with(Lease::acquire(later, run_, {}), Cause::Owned, "may still be at work"));
  EXPECT_TRUE(Lease::acquire(later, run_, {.take_over_silent = true}));
}

TEST_F(LeaseTest, AWorkerThatWasTakenOverIsToldAndCannotRelease) {
  Signal lost;
  const auto frozen = must(Lease::acquire(store_, run_, {.period = milliseconds(5), .on_lost = [&] { lost.raise(); }}));
  std::filesystem::remove_all(store_.folder() /
                              "locks");  // as on a file system whose locks do not reach other machines
  const auto heir =
      must(Lease::acquire(seen_from(on_host("elsewhere", 10 * kNewsMs)), run_, {.take_over_silent = true}));
  EXPECT_TRUE(lost.wait());
  EXPECT_TRUE(fails_with(frozen->release(RunState::Failed, "late"), Cause::Owned, "another worker owns run 1"));
  auto database = must(store_.connect());
  EXPECT_EQ(must(first_integer(database, "SELECT attempt_id FROM leases")), heir->owner().attempt);
}

TEST_F(LeaseTest, TheHeartbeatWritesTheCurrentStep) {
  const auto lease = must(Lease::acquire(store_, run_, {.period = milliseconds(5)}));
  lease->progress().start("calibrate", 300, "samples");
  lease->progress().advance(120, 300);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  LeaseRecord seen;
  while (seen.done != 120 && std::chrono::steady_clock::now() < deadline) seen = shown().lease.value();
  EXPECT_EQ(seen.step, "calibrate");
  EXPECT_EQ(seen.unit, "samples");
  EXPECT_EQ(seen.done, 120);
  EXPECT_EQ(seen.total, 300);
  EXPECT_GT(seen.beat, 0);
}

TEST_F(LeaseTest, ARequestReachesTheWorkerOnceHoweverLongItIsOpen) {
  Signal told;
  std::atomic<int> count = 0;
  std::atomic<std::int64_t> id = 0;
  const auto lease =
      must(Lease::acquire(store_, run_, {.period = milliseconds(5), .on_request = [&](const Request& request) {
                                           ++count;
                                           id = request.id;
                                           told.raise();
                                           return std::string();
                                         }}));
  const auto asked = must(must(Runs::open(store_)).request(run_, Verb::Stop));
  ASSERT_TRUE(told.wait());
  EXPECT_EQ(id, asked);
  const auto beat = shown().lease->beat;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (shown().lease->beat < beat + 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(count, 1) << "told once, however many beats it stays open";
}

TEST_F(LeaseTest, ARequestWhoseAnswerCannotBeStoredIsTakenAgainAndTheNextOneToo) {
  StoreOptions hasty;
  hasty.connection.busy_timeout_ms = 5;
  std::vector<Verb> taken;
  auto other = must(store_.connect());
  std::optional<Transaction> busy;
  Signal in_vain;
  Signal goes_on;
  auto runs = must(Runs::open(store_));
  const auto lease =
      must(Lease::acquire(seen_from(hasty), run_, {.period = milliseconds(20), .on_request = [&](const Request& wish) {
                                                     taken.push_back(wish.verb);
                                                     if (taken.size() == 1)
                                                       busy.emplace(must(Transaction::write(other)));
                                                     if (taken.size() == 3) in_vain.raise();
                                                     if (wish.verb == Verb::Continue) goes_on.raise();
                                                     return std::string("as you say");
                                                   }}));
  must(runs.request(run_, Verb::Pause));
  ASSERT_TRUE(in_vain.wait()) << "asked again as long as nobody can be told";
  EXPECT_EQ(pending(store_, run_).size(), 1U);
  busy.reset();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!pending(store_, run_).empty() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(pending(store_, run_).empty());
  must(runs.request(run_, Verb::Continue));
  EXPECT_TRUE(goes_on.wait());
}

TEST_F(LeaseTest, APauseIsAskedForUntilItIsTakenBack) {
  const auto lease = own(store_, run_);
  auto runs = must(Runs::open(store_));
  EXPECT_FALSE(must(runs.lease(run_))->pause_asked);
  must(runs.request(run_, Verb::Pause));
  EXPECT_TRUE(must(runs.lease(run_))->pause_asked);
  must(runs.request(run_, Verb::Continue));
  EXPECT_FALSE(must(runs.lease(run_))->pause_asked);
  ASSERT_EQ(pending(store_, run_).size(), 1U) << "of an open wish and its opposite the last one counts";
  EXPECT_EQ(pending(store_, run_)[0].verb, Verb::Continue);
  must(runs.request(run_, Verb::Pause));
  EXPECT_EQ(pending(store_, run_)[0].verb, Verb::Pause);
}

TEST_F(LeaseTest, AWorkerWithNothingNewToTellWritesMoreRarely) {
  constexpr milliseconds kPeriod{50};
  const auto lease = must(Lease::acquire(store_, run_, {.period = kPeriod}));
  const auto first = shown().lease->beat;
  const auto began = std::chrono::steady_clock::now();
  while (shown().lease->beat < first + 4 && std::chrono::steady_clock::now() < began + std::chrono::seconds(20))
    std::this_thread::sleep_for(milliseconds(1));
  EXPECT_GE(shown().lease->beat, first + 4) << "it lives all the same";
  EXPECT_GE(std::chrono::steady_clock::now() - began, 2 * 3 * kPeriod);
}

TEST(ProgressMeter, RatesOnlyWhatWasDoneWhileItWatched) {
  ProgressMeter meter;
  const ProgressMeter::Time start{};
  meter.start("evaluate", 1000, "samples", start);
  EXPECT_EQ(meter.latest().rate, 0.0);
  meter.advance(500, 1000, start + std::chrono::seconds(1));  // answered from the store
  EXPECT_EQ(meter.latest().rate, 0.0);
  meter.advance(600, 1000, start + std::chrono::seconds(3));
  EXPECT_DOUBLE_EQ(meter.latest().rate, 50.0);
  EXPECT_EQ(meter.latest().done, 600);
  meter.start("rank", 28, "layers", start + std::chrono::seconds(4));
  EXPECT_EQ(meter.latest().rate, 0.0);
  EXPECT_EQ(meter.latest().done, 0);
  EXPECT_EQ(meter.latest().total, 28);
}

}  // namespace
}  // namespace quantrail::tracking
