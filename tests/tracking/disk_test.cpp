// What the disk can do to a store: fill up, fail, and forget what was not synced when the power goes.
#include <sqlite3.h>

#include <array>

#include "recording_vfs.h"
#include "support.h"
#include "tracking/health.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kIterations = 2;

class DiskTest : public testing::TestWithParam<Journal> {
 protected:
  DiskTest() { run_ = new_run(new_store(folder_, options_)); }

  /// A copy of the store as it was made.
  fs::path fresh(const std::string& name) const {
    const auto to = folder_.path() / name;
    fs::copy(folder_.path() / "store", to, fs::copy_options::recursive);
    return to;
  }

  /// Calls until it succeeds; the disk is mended after the first failure, which must say what it is.
  template <class Call>
  auto insist(const Call& call) {
    auto result = call();
    if (!result) {
      EXPECT_TRUE(result.error().cause == Cause::Blocked || result.error().cause == Cause::Storage)
          << result.error().message;
      EXPECT_THAT(result.error().message, testing::HasSubstr("experiments.db"));
      vfs_.heal();
      result = call();
    }
    if (!result) throw std::runtime_error("not even on a sound disk: " + result.error().message);
    if constexpr (!std::is_same_v<decltype(result), Status>) return std::move(*result);
  }

  /// A worker's life.
  void work(const fs::path& folder) {
    const Store store = insist([&] { return Store::open(folder, Store::Mode::Write, options_); });
    const auto lease =
        insist([&] { return Lease::acquire(store, run_, {.period = std::chrono::milliseconds(3'600'000)}); });
    const auto recorder = insist([&] { return Recorder::open(store, lease->owner()); });
    const auto answers = insist([&] { return Answers::open(store); });
    insist([&] { return recorder->baseline(sample_baseline()); });
    for (std::int64_t i = 0; i < kIterations; ++i) {
      insist([&] { return answers->save_block(digest_of("block" + std::to_string(i)), {}); });
      insist([&] { return answers->save(digest_of(std::to_string(i)), {.seconds = static_cast<double>(i)}); });
      insist([&] { return recorder->iteration(sample_iteration(i)); });
      vfs_.mark(i);
    }
    insist([&] { return recorder->finished({.best = 1, .explanation = "met"}); });
    insist([&] { return lease->release(RunState::Done, ""); });
    vfs_.mark(kIterations);
  }

  /// Sound, with every iteration up to `last` and its answer; done where that was acknowledged.
  void expect_kept(const fs::path& folder, std::int64_t last) {
    const auto store = Store::open(folder, Store::Mode::Write, options_);
    ASSERT_TRUE(store) << store.error().message;
    const auto sound = checked(*store);
    ASSERT_TRUE(sound) << sound.error().message;
    const auto details = must(must(Runs::open(*store)).show(run_));
    ASSERT_GE(static_cast<std::int64_t>(details.iterations.size()), std::min(last + 1, kIterations));
    for (std::size_t at = 0; at < details.iterations.size(); ++at) {
      IterationRecord expected = sample_iteration(static_cast<std::int64_t>(at));
      EXPECT_EQ(details.iterations[at].snapshot_hash, expected.snapshot_hash);
      EXPECT_EQ(details.iterations[at].reverted_layers, expected.reverted_layers);
    }
    const auto answers = must(Answers::open(*store));
    for (std::int64_t i = 0; i <= std::min(last, kIterations - 1); ++i)
      EXPECT_TRUE(must(answers->find(digest_of(std::to_string(i))))) << i;
    if (last == kIterations) {
      EXPECT_EQ(details.summary.state, RunState::Done);
      EXPECT_TRUE(details.result);
    }
  }

  RecordingVfs vfs_{};
  TempFolder folder_{};
  StoreOptions options_{.connection = {.journal = GetParam()}};
  std::int64_t run_ = 0;
};

TEST_P(DiskTest, AFailureAtAnyChangeLosesNothingAndIsGotOver) {
  int tried = 0;
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_FSYNC}) {
    for (int number = 1;; number += code == SQLITE_FULL ? 1 : 3) {
      SCOPED_TRACE(fmt::format("code {}, change {}", code, number));
      const auto folder = fresh("again");
      vfs_.fail_at(number, code);
      ASSERT_NO_THROW(work(folder));
      const bool came = vfs_.failed();
      vfs_.heal();
      ASSERT_NO_FATAL_FAILURE(expect_kept(folder, kIterations));
      fs::remove_all(folder);
      if (!came) break;
      ++tried;
    }
  }
  EXPECT_GT(tried, 100);
  RecordProperty("failures", tried);
}

TEST_P(DiskTest, WhatWasAcknowledgedOutlivesThePower) {
  const auto folder = fresh("work");
  vfs_.begin(folder);
  work(folder);
  const auto moments = vfs_.moments();
  int tried = 0;
  for (unsigned seed = 1; seed <= 2; ++seed) {
    for (std::size_t moment = seed; moment < moments; moment += 3) {
      SCOPED_TRACE(fmt::format("moment {} of {}, seed {}", moment, moments, seed));
      const auto left = folder_.path() / "left";
      vfs_.after_power_failure(moment, seed * 1000 + static_cast<unsigned>(moment), left);
      ASSERT_NO_FATAL_FAILURE(expect_kept(left, vfs_.marked_before(moment)));
      fs::remove_all(left);
      ++tried;
    }
  }
  EXPECT_GT(tried, 50);
  RecordProperty("failures", tried);
}

INSTANTIATE_TEST_SUITE_P(Journals, DiskTest, testing::Values(Journal::Truncate, Journal::Wal),
                         [](const auto& test) { return test.param == Journal::Wal ? "Wal" : "Truncate"; });

}  // namespace
}  // namespace quantrail::tracking
