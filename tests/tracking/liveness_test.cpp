#include "tracking/liveness.h"

#include <fstream>

#include "support.h"

namespace quantrail::tracking {
namespace {

Host host_named(const std::string& name, const std::string& boot) {
  return {.name = name,
          .boot_id = boot,
          .pid = 1,
          .now_ms = [] { return 1'000'000; },
          .process_start = [](std::int64_t pid) { return pid == 7 ? std::optional<std::int64_t>(70) : std::nullopt; }};
}

WorkerIdentity worker_on(const std::string& host, const std::string& boot, std::int64_t pid = 7,
                         std::int64_t start = 70) {
  return {.host = host, .boot_id = boot, .pid = pid, .pid_start = start, .beat_ms = 1'000'000};
}

TEST(Liveness, OnItsOwnMachineTheLockDecidesWhateverTheClockSays) {
  const Host here = host_named("a", "boot");
  WorkerIdentity worker = worker_on("a", "boot");
  worker.beat_ms = 0;
  EXPECT_EQ(judged(worker, here, LockState::Held).liveness, Liveness::Alive);
  worker.beat_ms = 2'000'000'000;
  const Verdict dead = judged(worker, here, LockState::Free);
  EXPECT_EQ(dead.liveness, Liveness::Dead);
  EXPECT_THAT(dead.reason, testing::HasSubstr("process 7) was killed"));
}

TEST(Liveness, InAnotherContainerOfTheMachineTheLockDecidesToo) {
  EXPECT_EQ(judged(worker_on("a", "boot"), host_named("b", "boot"), LockState::Held).liveness, Liveness::Alive);
  EXPECT_EQ(judged(worker_on("a", "boot"), host_named("b", "boot"), LockState::Free).liveness, Liveness::Dead);
}

TEST(Liveness, WithoutALockFileTheProcessDecidesAndAReusedIdDoesNotFool) {
  const Host here = host_named("a", "boot");
  EXPECT_EQ(judged(worker_on("a", "boot", 7, 70), here, LockState::Missing).liveness, Liveness::Alive);
  EXPECT_EQ(judged(worker_on("a", "boot", 7, 71), here, LockState::Missing).liveness, Liveness::Dead);
  EXPECT_EQ(judged(worker_on("a", "boot", 8, 70), here, LockState::Missing).liveness, Liveness::Dead);
  EXPECT_EQ(judged(worker_on("b", "boot"), here, LockState::Missing).liveness, Liveness::Unknown);
}

TEST(Liveness, ARestartIsADeath) {
  const Verdict verdict = judged(worker_on("a", "boot"), host_named("a", "another"), LockState::Free);
  EXPECT_EQ(verdict.liveness, Liveness::Dead);
  EXPECT_THAT(verdict.reason, testing::HasSubstr("restarted"));
}

TEST(Liveness, ALockThatIsHeldIsAWorkerThatLivesWhateverTheMachinesAreCalled) {
  WorkerIdentity namesake = worker_on("a", "boot");
  namesake.beat_ms -= 10 * kNewsMs;
  EXPECT_EQ(judged(namesake, host_named("a", "another"), LockState::Held).liveness, Liveness::Alive);
  EXPECT_EQ(judged(namesake, host_named("b", "another"), LockState::Held).liveness, Liveness::Alive);
}

TEST(Liveness, AnotherMachineIsUnknownWithoutNews) {
  const Host here = host_named("here", "boot");
  WorkerIdentity there = worker_on("there", "other boot");
  EXPECT_EQ(judged(there, here, LockState::Free).liveness, Liveness::Alive);
  there.beat_ms -= kNewsMs + 1;
  const Verdict silent = judged(there, here, LockState::Free);
  EXPECT_EQ(silent.liveness, Liveness::Unknown);
  EXPECT_THAT(silent.reason, testing::HasSubstr("no news from its worker on there"));
}

TEST(RunStateNow, OnlyAWorkerAtWorkCanBeGone) {
  const Verdict dead{Liveness::Dead, "killed"};
  const Verdict unknown{Liveness::Unknown, "no news"};
  for (const auto state : {RunState::Running, RunState::Paused, RunState::Stopping}) {
    EXPECT_EQ(state_now({state, ""}, dead).state, RunState::Interrupted);
    EXPECT_EQ(state_now({state, ""}, dead).reason, "killed");
    EXPECT_EQ(state_now({state, ""}, unknown).state, RunState::Unknown);
    EXPECT_EQ(state_now({state, ""}, Verdict{Liveness::Alive, ""}).state, state);
    EXPECT_EQ(state_now({state, ""}, std::nullopt).state, RunState::Interrupted);
  }
  EXPECT_EQ(state_now({RunState::Queued, ""}, std::nullopt).state, RunState::Queued);
  EXPECT_EQ(state_now({RunState::Queued, ""}, Verdict{Liveness::Alive, ""}).state, RunState::Queued);
  EXPECT_EQ(state_now({RunState::Queued, ""}, dead).state, RunState::Interrupted) << "the worker that waited with it";
  for (const auto state : {RunState::Done, RunState::Failed, RunState::Interrupted}) {
    EXPECT_EQ(state_now({state, "why"}, dead).state, state);
    EXPECT_EQ(state_now({state, "why"}, dead).reason, "why");
  }
}

TEST(RunStateNow, NamesAreReadBack) {
  for (int i = 0; i <= static_cast<int>(RunState::Unknown); ++i)
    EXPECT_EQ(run_state(name_of(RunState(i))), RunState(i));
  EXPECT_EQ(run_state("sleeping"), std::nullopt);
}

TEST(LockFile, ExcludesOthersInTheSameProcessAndIsSeenWithoutBeingTaken) {
  const TempFolder folder;
  const auto path = folder.path() / "lock";
  EXPECT_EQ(LockFile::probe(path), LockState::Missing);
  {
    const auto held = must(LockFile::take(path));
    ASSERT_TRUE(held);
    EXPECT_EQ(LockFile::probe(path), LockState::Held);
    EXPECT_FALSE(must(LockFile::take(path)));
    EXPECT_EQ(LockFile::probe(path), LockState::Held) << "neither a probe nor a vain attempt may break it";
  }
  EXPECT_EQ(LockFile::probe(path), LockState::Free);
  EXPECT_TRUE(must(LockFile::take(path)));
  EXPECT_TRUE(fails_with(LockFile::take(folder.path() / "no" / "lock"), Cause::Storage, "no/lock"));
}

TEST(ThisHost, KnowsItsOwnProcess) {
  const Host host = this_host();
  EXPECT_FALSE(host.name.empty());
  EXPECT_EQ(host.boot_id.size(), 36U);
  EXPECT_EQ(host.pid, ::getpid());
  EXPECT_GT(host.process_start(host.pid).value_or(0), 0);
  EXPECT_EQ(host.process_start(-5), std::nullopt);
  EXPECT_GT(host.now_ms(), 1'700'000'000'000);
}

}  // namespace
}  // namespace quantrail::tracking
