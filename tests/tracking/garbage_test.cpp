#include "tracking/garbage.h"

#include <array>

#include "base/folders.h"
#include "support.h"
#include "tracking/backup.h"
#include "tracking/health.h"
#include "watched_statements.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

class GarbageTest : public testing::Test {
 protected:
  /// A file that is old enough to be nobody's.
  fs::path old_file(const fs::path& path, std::size_t bytes = 10) {
    fs::create_directories(path.parent_path());
    write_text(path, std::string(bytes, 'x'));
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(2);
    fs::last_write_time(path, long_ago);
    if (path.parent_path() != store_.folder()) fs::last_write_time(path.parent_path(), long_ago);
    return path;
  }
  GarbageFound found(Garbage kind) {
    for (const auto& one : must(found_garbage(store_))) {
      if (one.kind == kind) return one;
    }
    throw std::runtime_error("no such kind");
  }
  void collect(std::initializer_list<Garbage> kinds) { must(collected(store_, std::vector<Garbage>(kinds))); }

  TempFolder folder_;
  Store store_ = new_store(folder_);
  Runs runs_ = must(Runs::open(store_));
};

TEST_F(GarbageTest, TheTrashGoesWithAllThatWasRecorded) {
  const auto gone = new_run(store_, "gone");
  const auto kept = new_run(store_, "kept");
  for (const auto run : {gone, kept}) {
    const auto lease = own(store_, run);
    must(must(Recorder::open(store_, lease->owner()))->iteration(sample_iteration(0)));
    must(lease->release(RunState::Interrupted, ""));
  }
  must(runs_.trash(std::array{gone}));
  EXPECT_EQ(found(Garbage::Trash).things, 1);
  EXPECT_GT(found(Garbage::Trash).bytes, 100U);
  collect({Garbage::Trash});
  EXPECT_EQ(found(Garbage::Trash).things, 0);
  EXPECT_TRUE(fails_with(runs_.show(gone), Cause::InvalidInput, "no run"));
  EXPECT_EQ(must(runs_.show(kept)).iterations.size(), 1U);
  must(checked(store_));
}

TEST_F(GarbageTest, OrphansAreFilesOfNoRunThatAreNotYoung) {
  const auto run = new_run(store_);
  const auto uid = must(runs_.show(run)).uid;
  const auto mine = old_file(store_.models() / digest_of("net").hex() / "model.onnx");
  const auto log = old_file(store_.log_path(uid));
  const auto orphan = old_file(store_.models() / digest_of("gone").hex() / "model.onnx", 5000);
  const auto half_made = old_file(store_.models() / ".new-1" / "model.onnx");
  const auto old_log = old_file(store_.log_path("0000000000000000"));
  const auto half_store = old_file(store_.folder() / ".new-2.db");
  const auto young = store_.models() / digest_of("young").hex() / "model.onnx";
  fs::create_directories(young.parent_path());
  write_text(young, "x");
  EXPECT_EQ(found(Garbage::Orphans).things, 4);
  EXPECT_GE(found(Garbage::Orphans).bytes, 5000U);
  collect({Garbage::Orphans});
  for (const auto& path : {orphan, half_made, old_log, half_store}) EXPECT_FALSE(fs::exists(path)) << path;
  for (const auto& path : {mine, log, young}) EXPECT_TRUE(fs::exists(path)) << path;
}

TEST_F(GarbageTest, AnswersGoButNotWhatIterationsReferTo) {
  const auto run = new_run(store_);
  {
    const auto lease = own(store_, run);
    must(must(Recorder::open(store_, lease->owner()))->iteration(sample_iteration(0)));
    EXPECT_TRUE(fails_with(collected(store_, std::array{Garbage::Answers}), Cause::Owned, "while a worker is at work"));
    must(lease->release(RunState::Interrupted, ""));
  }
  const auto answers = must(Answers::open(store_));
  const std::array<std::uint8_t, 3> bytes{1, 2, 3};
  must(answers->save(digest_of("a"), {}));
  must(answers->save_block(digest_of("b"), {}));
  must(answers->save_blob(digest_of("quantization"), "quantization", bytes));
  must(answers->save_blob(digest_of("other"), "quantization", bytes));
  must(answers->save_blob(digest_of("statistics"), "statistics", bytes));
  EXPECT_EQ(found(Garbage::Answers).things, 4);
  collect({Garbage::Answers});
  EXPECT_EQ(found(Garbage::Answers).things, 0);
  EXPECT_TRUE(must(answers->find_blob(digest_of("quantization")))) << "iteration 0 can be exported";
  EXPECT_FALSE(must(answers->find(digest_of("a"))));
}

TEST_F(GarbageTest, BackupsAreNamedAsTheyWereMade) {
  old_file(store_.folder() / "experiments.db.v1-17");
  old_file(store_.folder() / "experiments.db.damaged-18");
  EXPECT_EQ(found(Garbage::Backups).things, 2);
  collect({Garbage::Backups});
  EXPECT_EQ(found(Garbage::Backups).things, 0);
  EXPECT_TRUE(fs::exists(store_.database_path()));
}

TEST_F(GarbageTest, TheFileShrinks) {
  const auto answers = must(Answers::open(store_));
  for (int i = 0; i < 200; ++i) {
    std::vector<std::uint8_t> noise;
    for (int at = 0; at < 4000; ++at) noise.push_back(static_cast<std::uint8_t>((i * 31 + at * at * 7) >> 3));
    must(answers->save_blob(digest_of(std::to_string(i)), "statistics", noise));
  }
  const auto done = must(collected(store_, std::array{Garbage::Answers}));
  EXPECT_FALSE(done.not_compacted);
  EXPECT_LT(done.bytes_after, done.bytes_before / 2);
}

TEST_F(GarbageTest, AFileThatCannotShrinkIsSaidWhy) {
  const StoreOptions hasty{.connection = {.journal = Journal::Truncate, .busy_timeout_ms = 20}};
  const Store store = must(Store::open(store_.folder(), Store::Mode::Write, hasty));
  auto others = must(store.connect());
  auto reader = must(Statement::prepare(others, "SELECT name FROM sqlite_schema"));
  const WatchedStatements watched([&](std::string_view sql, bool ended) {
    if (ended || sql != "VACUUM") return;
    EXPECT_TRUE(must(reader.step()));
  });
  const auto done = must(collected(store, std::array{Garbage::Orphans}));
  ASSERT_TRUE(done.not_compacted);
  EXPECT_THAT(done.not_compacted->message, testing::HasSubstr("kept the experiment store locked"));
}

TEST_F(GarbageTest, FilesGoBeforeAnybodyCanMakeARunOfThem) {
  const auto orphan = old_file(store_.models() / digest_of("orphan").hex() / "model.onnx").parent_path();
  bool there_once_others_may_write = true;
  {
    const WatchedStatements watched([&](std::string_view sql, bool ended) {
      if (!ended && (sql == "COMMIT" || sql == "ROLLBACK")) there_once_others_may_write = fs::exists(orphan);
    });
    collect({Garbage::Orphans});
  }
  EXPECT_FALSE(there_once_others_may_write);
}

TEST_F(GarbageTest, FoldersThatCannotBeReadAreNamed) {
  const auto secret = old_file(store_.models() / digest_of("net").hex() / "model.onnx").parent_path();
  new_run(store_);
  fs::permissions(secret, fs::perms::none);
  fs::permissions(folder_.path(), fs::perms(0755));
  const auto done = [&] {
    const Nobody nobody;
    return found_garbage(must(Store::open(store_.folder(), Store::Mode::Read))).and_then([&](const auto&) {
      return disk_use(must(Store::open(store_.folder(), Store::Mode::Read)));
    });
  }();
  fs::permissions(secret, fs::perms::owner_all);
  EXPECT_TRUE(fails_with(done, Cause::Storage, secret.filename().string() + ": Permission denied"));
}

TEST_F(GarbageTest, DiskUseTellsWhatIsSharedFromWhatIsNot) {
  const auto first = new_run(store_, "first");
  new_run(store_, "second");
  RunSpec spec = spec_named("third");
  spec.model_hash = digest_of("big");
  const auto third = must(runs_.create(spec)).id;
  old_file(store_.models() / digest_of("net").hex() / "model.onnx", 10'000);
  old_file(store_.models() / digest_of("big").hex() / "model.onnx", 50'000);
  const auto uses = must(disk_use(store_));
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].run, third);
  EXPECT_GE(uses[0].own_bytes, 50'000U);
  EXPECT_EQ(uses[0].shared_bytes, 0U);
  EXPECT_EQ(uses[1].run, first);
  EXPECT_LT(uses[1].own_bytes, 10'000U);
  EXPECT_EQ(uses[1].shared_bytes, 10'000U);
}

TEST_F(GarbageTest, ABackupIsAStoreWithItsModels) {
  const auto run = new_run(store_, "first");
  old_file(store_.models() / digest_of("net").hex() / "data" / "weights.bin", 100);
  old_file(store_.models() / ".new-half" / "model.onnx");
  const auto lease = own(store_, run);
  must(must(Recorder::open(store_, lease->owner()))->iteration(sample_iteration(0)));
  const auto to = folder_.path() / "copy";
  const auto done = must(back_up(store_, to, true));
  EXPECT_EQ(done.models, 1U);
  EXPECT_EQ(done.model_bytes, 100U);
  const Store copy = must(Store::open(to, Store::Mode::Write));
  EXPECT_EQ(must(must(Runs::open(copy)).show(run)).iterations.size(), 1U);
  EXPECT_EQ(must(must(Runs::open(copy)).summary(run)).state, RunState::Interrupted) << "its worker is not there";
  EXPECT_TRUE(fs::exists(copy.models() / digest_of("net").hex() / "data" / "weights.bin"));
  EXPECT_FALSE(fs::exists(copy.models() / ".new-half"));
  EXPECT_TRUE(fails_with(back_up(store_, to, true), Cause::InvalidInput, "is there already"));
  EXPECT_TRUE(fails_with(back_up(store_, store_.folder() / "copy", true), Cause::InvalidInput, "lies in the store"));
  const auto bare = folder_.path() / "bare";
  EXPECT_EQ(must(back_up(store_, bare, false)).models, 0U);
  EXPECT_TRUE(
      fails_with(back_up(store_, folder_.path() / "no" / "folder", false), Cause::InvalidInput, "No such file"));
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
}

TEST_F(GarbageTest, ABackupIsWholeOrNotThere) {
  new_run(store_);
  const auto model = old_file(store_.models() / digest_of("net").hex() / "model.onnx").parent_path();
  fs::permissions(folder_.path(), fs::perms::all);
  for (const auto& secret : {model, store_.models()}) {
    fs::permissions(secret, fs::perms::none);
    const auto done = [&] {
      const Nobody nobody;
      return back_up(store_, folder_.path() / "copy", true);
    }();
    fs::permissions(secret, fs::perms(0755));
    EXPECT_TRUE(fails_with(done, Cause::Storage, secret.filename().string() + ": Permission denied"));
    EXPECT_THAT(must(entries(folder_.path())), testing::ElementsAre(store_.folder()));
  }
}

TEST_F(GarbageTest, ALeaseLeftOnARunThatIsDoneIsInNobodysWay) {
  const auto run = new_run(store_);
  auto runs = must(Runs::open(store_));
  auto lease = own(store_, run);
  const auto recorder = must(Recorder::open(store_, lease->owner()));
  must(recorder->baseline(sample_baseline()));
  must(recorder->iteration(sample_iteration(0)));
  must(recorder->finished({.outcome = Outcome::NothingToDo}));
  lease.reset();
  auto database = must(store_.connect());
  // As earlier versions left it, on another machine.
  must(database.execute(
      "UPDATE attempts SET ended_ms = NULL, ended_as = NULL, host = 'elsewhere', boot_id = 'another'"));
  must(database.execute("INSERT INTO leases(run_id, attempt_id, beat_ms) VALUES(1, 1, 0)"));
  EXPECT_EQ(must(runs.summary(run)).state, RunState::Done);
  EXPECT_FALSE(must(runs.summary(run)).owned);
  EXPECT_FALSE(must(runs.lease(run)));
  EXPECT_TRUE(fails_with(runs.request(run, Verb::Stop), Cause::InvalidInput, "is done: there is no worker to stop"));
  must(back_up(store_, folder_.path() / "copy", false));
  const Store copy = must(Store::open(folder_.path() / "copy", Store::Mode::Write));
  const RunDetails copied = must(must(Runs::open(copy)).show(run));
  EXPECT_EQ(copied.summary.state, RunState::Done);
  EXPECT_EQ(copied.attempts.at(0).ended_as, "done");
  EXPECT_TRUE(runs.trash({{run}}));
}

}  // namespace
}  // namespace quantrail::tracking
