#include "tracking/migrations.h"

#include <array>
#include <atomic>
#include <thread>

#include "support.h"
#include "tracking/schema.h"

namespace quantrail::tracking {
namespace {

constexpr const char* kFirst = "CREATE TABLE a(x INTEGER); INSERT INTO a VALUES(1)";
constexpr const char* kSecond = "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1";
constexpr const char* kBroken = "INSERT INTO a VALUES(7, 7); INSERT INTO missing VALUES(1)";

class MigrationsTest : public testing::Test {
 protected:
  TempFolder folder_;
  std::filesystem::path backup_ = folder_.path() / "backup.db";
  Database database_ = must(Database::open(folder_.path() / "file.db", Database::Access::Create));
};

TEST_F(MigrationsTest, TakeAnEmptyFileThroughAllSteps) {
  must(migrate(database_, std::array{kFirst, kSecond}, std::nullopt));
  EXPECT_EQ(must(schema_version(database_)), 2U);
  EXPECT_EQ(must(first_integer(database_, "SELECT y FROM a")), 2);
}

TEST_F(MigrationsTest, KeepTheDataOfAnOlderFileAndABackupOfIt) {
  must(migrate(database_, std::array{kFirst}, std::nullopt));
  must(database_.execute("INSERT INTO a VALUES(10)"));
  must(migrate(database_, std::array{kFirst, kSecond}, backup_));
  EXPECT_EQ(must(first_integer(database_, "SELECT SUM(y) FROM a")), 13);
  auto old = must(Database::open(backup_, Database::Access::Existing));
  EXPECT_EQ(must(schema_version(old)), 1U);
  EXPECT_EQ(must(first_integer(old, "SELECT SUM(x) FROM a")), 11);
}

TEST_F(MigrationsTest, DoNothingToAnUpToDateFile) {
  must(migrate(database_, std::array{kFirst}, std::nullopt));
  must(migrate(database_, std::array{kFirst}, backup_));
  EXPECT_FALSE(std::filesystem::exists(backup_));
  EXPECT_EQ(must(first_integer(database_, "SELECT COUNT(*) FROM a")), 1);
}

TEST_F(MigrationsTest, LeaveTheFileAsItWasWhenAStepFails) {
  must(migrate(database_, std::array{kFirst}, std::nullopt));
  EXPECT_TRUE(fails_with(migrate(database_, std::array{kFirst, kSecond, kBroken}, backup_), Cause::Storage,
                         "update to schema version 3: "));
  EXPECT_EQ(must(schema_version(database_)), 1U);
  EXPECT_EQ(must(first_integer(database_, "SELECT COUNT(*) FROM a")), 1) << "nothing of the failed step may stay";
  EXPECT_FALSE(database_.in_transaction());
  EXPECT_FALSE(std::filesystem::exists(backup_)) << "a copy of what did not change";
}

TEST_F(MigrationsTest, StopWhenTheBackupCannotBeMade) {
  must(migrate(database_, std::array{kFirst}, std::nullopt));
  EXPECT_FALSE(migrate(database_, std::array{kFirst, kSecond}, folder_.path() / "no" / "folder.db"));
  EXPECT_EQ(must(schema_version(database_)), 1U);
}

TEST_F(MigrationsTest, TakeAwayWhatAKilledCopyLeft) {
  must(migrate(database_, std::array{kFirst}, std::nullopt));
  write_text(folder_.path() / ".new-backup", "half");
  write_text(folder_.path() / ".new-backup-journal", "half");
  must(migrate(database_, std::array{kFirst, kSecond}, backup_));
  EXPECT_EQ(must(first_integer(database_, "SELECT y FROM a")), 2);
  EXPECT_TRUE(std::filesystem::exists(backup_));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / ".new-backup"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / ".new-backup-journal"));
}

/// A store of version 0 is a file that has our mark and nothing in it.
Store version_zero(const TempFolder& folder) {
  const Store store = new_store(folder);
  std::filesystem::remove(store.database_path());
  auto database = must(Database::open(store.database_path(), Database::Access::Create));
  must(database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId)));
  return store;
}

int copies_in(const std::filesystem::path& folder) {
  int copies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    copies += name.starts_with("experiments.db.v") || name.starts_with(".new-") ? 1 : 0;
  }
  return copies;
}

TEST(OldStore, IsBroughtUpToDateWhenOpened) {
  const TempFolder folder;
  const Store old = version_zero(folder);
  const Store store = must(Store::open(old.folder(), Store::Mode::Write));
  EXPECT_TRUE(must(must(Runs::open(store)).list()).empty());
  EXPECT_EQ(copies_in(store.folder()), 1);
}

TEST(OldStore, IsCopiedOnceWhenManyOpenIt) {
  for (const Journal journal : {Journal::Truncate, Journal::Wal}) {
    const TempFolder folder;
    const Store old = version_zero(folder);
    std::vector<std::thread> threads;
    std::atomic<int> opened = 0;
    const auto open = [&] {
      opened += Store::open(old.folder(), Store::Mode::Write, {.connection = {.journal = journal}}) ? 1 : 0;
    };
    for (int k = 0; k < 8; ++k) threads.emplace_back(open);
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(opened, 8);
    EXPECT_EQ(copies_in(old.folder()), 1);
  }
}

TEST(OldStore, IsNotCopiedByWhoeverMayOnlyRead) {
  const TempFolder folder;
  const Store old = version_zero(folder);
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(old.folder(), fs::perms::all);
  fs::permissions(old.database_path(), fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  const auto refused = [&] {
    const Nobody nobody;
    return Store::open(old.folder(), Store::Mode::Read);
  }();
  EXPECT_TRUE(fails_with(refused, Cause::InvalidInput,
                         "is of schema version 0; somebody who may write to it must open it once with this program"));
  EXPECT_EQ(copies_in(old.folder()), 0);
}

TEST(OldStore, IsNotTouchedWhileAWorkerUsesIt) {
  const TempFolder folder;
  const Store old = version_zero(folder);
  const auto worker = must(LockFile::take(old.lock_path("abc")));
  ASSERT_TRUE(worker);
  EXPECT_TRUE(fails_with(Store::open(old.folder(), Store::Mode::Write), Cause::Storage,
                         "a worker of the older Quantrail still runs"));
}

}  // namespace
}  // namespace quantrail::tracking
