#include "tracking/recover.h"

#include "support.h"
#include "tracking/health.h"
#include "tracking/run_rows.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

/// A store with much in it, so that damage hits something.
class RecoverTest : public testing::Test {
 protected:
  void SetUp() override {
    const Store store = new_store(folder_);
    for (int number = 1; number <= 3; ++number) {
      const auto run = new_run(store, "run-" + std::to_string(number));
      const auto lease = own(store, run);
      const auto recorder = must(Recorder::open(store, lease->owner()));
      must(recorder->baseline(sample_baseline()));
      for (std::int64_t index = 0; index < 30; ++index)
        must(recorder->iteration(sample_iteration(index, 0.05 - 0.001 * static_cast<double>(index))));
      must(recorder->ranking(sample_ranking(0)));
      if (number < 3) must(recorder->finished({.best = 29, .explanation = "met", .evaluations = 30, .reused = 3}));
      must(lease->release(number < 3 ? RunState::Done : RunState::Interrupted, ""));
    }
    auto answers = must(Answers::open(store));
    for (int i = 0; i < 50; ++i) {
      Evaluation evaluation{.samples = 200};
      for (int at = 0; at < 200; ++at)
        evaluation.per_sample["top1"].push_back((i * 7919 + at * 104729) % 1000 / 1000.0);
      must(answers->save(digest_of(std::to_string(i)), evaluation));
    }
    size_ = fs::file_size(path_);
  }

  void overwrite(std::uint64_t at, const std::string& bytes) const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
  }
  [[nodiscard]] bool is_sound() const {
    const auto store = Store::open(store_, Store::Mode::Read);
    return store && checked(*store);
  }
  /// Nothing that is there may be wrong: counts fit, iterations are those that were recorded, numbered without gaps.
  void expect_consistent() const {
    const Store store = must(Store::open(store_, Store::Mode::Write));
    must(checked(store));
    auto runs = must(Runs::open(store));
    for (const auto& summary : must(runs.list())) {
      const auto details = must(runs.show(summary.id));
      EXPECT_EQ(static_cast<std::size_t>(summary.iterations), details.iterations.size());
      for (std::size_t at = 0; at < details.iterations.size(); ++at) {
        EXPECT_EQ(details.iterations[at].index, static_cast<std::int64_t>(at));
        EXPECT_NEAR(details.iterations[at].drop, 0.05 - 0.001 * static_cast<double>(at), 1e-12);
      }
      if (summary.state == RunState::Done) {
        EXPECT_EQ(details.iterations.size(), 30U);
        EXPECT_EQ(summary.best_iteration, 29);
      } else {
        EXPECT_EQ(summary.state, RunState::Interrupted);
        auto lease = Lease::acquire(store, summary.id, {});
        ASSERT_TRUE(lease) << "it can be continued";
        auto recorder = must(Recorder::open(store, (*lease)->owner()));
        if (details.baseline) {
          EXPECT_TRUE(recorder->baseline(sample_baseline()));
        }
        const auto next = static_cast<std::int64_t>(details.iterations.size());
        EXPECT_TRUE(recorder->iteration(sample_iteration(next, 0.05 - 0.001 * static_cast<double>(next))));
      }
    }
  }

  TempFolder folder_;
  fs::path store_ = folder_.path() / "store";
  fs::path path_ = store_ / "experiments.db";
  std::uint64_t size_ = 0;
};

TEST_F(RecoverTest, LeavesASoundStoreAlone) {
  EXPECT_TRUE(fails_with(recover(store_), Cause::InvalidInput, "is sound: there is nothing to recover"));
  EXPECT_EQ(fs::file_size(path_), size_);
}

TEST_F(RecoverTest, ReadsAroundDamageWhereverItIs) {
  const std::string whole = [&] {
    std::stringstream bytes;
    bytes << std::ifstream(path_, std::ios::binary).rdbuf();
    return bytes.str();
  }();
  int damaged = 0;
  int recovered = 0;
  std::int64_t iterations = 0;
  for (std::uint64_t page = 1; page * 4096 < size_; page += 3) {
    fs::remove_all(store_);
    fs::create_directories(store_);
    write_text(path_, whole);
    overwrite(page * 4096, std::string(300, '\x5a'));
    if (is_sound()) continue;
    ++damaged;
    const auto done = recover(store_);
    if (!done) continue;
    ++recovered;
    iterations += done->iterations;
    SCOPED_TRACE(page);
    EXPECT_TRUE(fs::exists(done->set_aside));
    EXPECT_EQ(fs::file_size(done->set_aside), size_);
    ASSERT_NO_FATAL_FAILURE(expect_consistent());
  }
  EXPECT_GT(damaged, 10);
  EXPECT_GE(recovered, damaged * 9 / 10);
  EXPECT_GT(iterations, 60 * recovered) << "of 90, on average";
}

/// In pages of indexes alone.
void overwrite_in_indexes(const fs::path& path, const std::string& text, const std::string& with) {
  std::stringstream read;
  read << std::ifstream(path, std::ios::binary).rdbuf();
  std::string bytes = read.str();
  constexpr char kIndexLeaf = 0x0A;
  int places = 0;
  for (std::size_t page = 0; page < bytes.size(); page += 4096) {
    if (bytes[page] != kIndexLeaf) continue;
    for (auto at = bytes.find(text, page); at < page + 4096; at = bytes.find(text, at + 1), ++places)
      bytes.replace(at, with.size(), with);
  }
  ASSERT_GT(places, 0);
  write_text(path, bytes);
}

TEST_F(RecoverTest, IndexesThatSayOtherwiseThanTheirTableAreDamage) {
  ASSERT_NO_FATAL_FAILURE(overwrite_in_indexes(path_, "run-2", "run-?"));
  EXPECT_FALSE(is_sound());
  auto runs = must(Runs::open(must(Store::open(store_, Store::Mode::Read))));
  EXPECT_EQ(must(runs.find("run-2")), 2);
  ASSERT_TRUE(recover(store_));
  ASSERT_NO_FATAL_FAILURE(expect_consistent());
}

TEST_F(RecoverTest, ReadsWhatIsBeforeACut) {
  const fs::path whole = store_ / "whole";
  fs::copy_file(path_, whole);
  for (const auto part : {9U, 6U, 3U}) {
    fs::copy_file(whole, path_, fs::copy_options::overwrite_existing);
    fs::resize_file(path_, size_ / 4096 * part / 10 * 4096 + 100);
    ASSERT_FALSE(is_sound());
    const auto done = recover(store_);
    if (part == 3) {  // there its schema ends
      EXPECT_TRUE(fails_with(done, Cause::InvalidInput, "its schema is damaged: nothing can be read of it"));
      continue;
    }
    ASSERT_TRUE(done) << part << ": " << done.error().message;
    EXPECT_GE(done->runs, part == 9 ? 3U : 1U);
    ASSERT_NO_FATAL_FAILURE(expect_consistent());
    for (const auto& entry : fs::directory_iterator(store_))
      EXPECT_NE(entry.path().filename().string().front(), '.') << entry.path() << " is left over";
  }
}

TEST_F(RecoverTest, SaysWhereBackupsAreWhenNothingCanBeRead) {
  fs::copy_file(path_, store_ / "experiments.db.v1-5");
  write_text(store_ / "experiments.db.v1-6", "");
  write_text(store_ / "experiments.db.v1-7", "x");
  overwrite(0, std::string(4096, '\0'));
  const auto done = recover(store_);
  EXPECT_TRUE(fails_with(done, Cause::InvalidInput, "backups beside it: experiments.db.v1-5"));
  EXPECT_FALSE(fails_with(done, Cause::InvalidInput, "experiments.db.v1-5,")) << "only what has runs is of use";
  EXPECT_EQ(fs::file_size(path_), size_) << "the damaged file stays";
  fs::remove(path_);
  EXPECT_TRUE(fails_with(recover(store_), Cause::InvalidInput, "there is no experiment store here"));
}

TEST_F(RecoverTest, WaitsForWorkersToGo) {
  const Store store = must(Store::open(store_, Store::Mode::Write));
  const auto lock = must(LockFile::take(store.lock_path("0123456789abcdef")));
  overwrite(size_ / 2 / 4096 * 4096, std::string(4096, '\x5a'));
  EXPECT_TRUE(fails_with(recover(store_), Cause::Owned, "a worker is at work"));
}

}  // namespace
}  // namespace quantrail::tracking
