#include "support.h"
#include "tracking/schema.h"
#include "watched_statements.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

std::string text_of(Database& database, const char* pragma) {
  std::string text;
  must(each_row(database, pragma, {}, [&](const Row& row) { text = row.text(0); }));
  return text;
}

TEST(Store, IsMadeWithItsFoldersAndNothingElse) {
  const TempFolder folder;
  const Store store = new_store(folder);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(store.folder())) names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, testing::UnorderedElementsAre("experiments.db", "logs", "models", "locks"));
  EXPECT_TRUE(Store::exists(store.folder()));
  auto database = must(store.connect());
  EXPECT_EQ(must(first_integer(database, "PRAGMA application_id")), kApplicationId);
  EXPECT_EQ(must(first_integer(database, "PRAGMA user_version")), static_cast<std::int64_t>(schema_steps().size()));
}

TEST(Store, CommitsAreSyncedAndForeignKeysChecked) {
  const TempFolder folder;
  auto database = must(new_store(folder).connect());
  EXPECT_EQ(must(first_integer(database, "PRAGMA synchronous")), 2);
  EXPECT_EQ(must(first_integer(database, "PRAGMA foreign_keys")), 1);
  EXPECT_EQ(must(first_integer(database, "PRAGMA trusted_schema")), 0);
  EXPECT_EQ(must(first_integer(database, "PRAGMA mmap_size")), 0);
}

TEST(Store, AvoidsTheWriteAheadLogWhereItCanBeCorrupted) {
  EXPECT_EQ(safe_journal(3'040'001), Journal::Truncate);
  EXPECT_EQ(safe_journal(3'051'002), Journal::Truncate);
  EXPECT_EQ(safe_journal(3'051'003), Journal::Wal);
  const TempFolder folder;
  auto truncate = must(new_store(folder, {.connection = {.journal = Journal::Truncate}}).connect());
  EXPECT_EQ(text_of(truncate, "PRAGMA journal_mode"), "truncate");
}

TEST(Store, ChangesTheJournalModeOfAnExistingStore) {
  const TempFolder folder;
  const StoreOptions wal{.connection = {.journal = Journal::Wal}};
  const StoreOptions truncate{.connection = {.journal = Journal::Truncate, .busy_timeout_ms = 50}};
  const Store store = new_store(folder, wal);
  {
    auto database = must(store.connect());
    EXPECT_EQ(text_of(database, "PRAGMA journal_mode"), "wal");
    EXPECT_TRUE(fails_with(Store::open(store.folder(), Store::Mode::Write, truncate), Cause::Blocked, "experiments.db"))
        << "another connection still uses the log";
  }
  auto database = must(must(Store::open(store.folder(), Store::Mode::Write, truncate)).connect());
  EXPECT_EQ(text_of(database, "PRAGMA journal_mode"), "truncate");
}

TEST(Store, IsNotMadeUnlessAsked) {
  const TempFolder folder;
  const auto missing = folder.path() / "none";
  for (const auto mode : {Store::Mode::Read, Store::Mode::Write}) {
    EXPECT_TRUE(fails_with(Store::open(missing, mode), Cause::InvalidInput,
                           "none/experiments.db: there is no experiment store"));
  }
  EXPECT_FALSE(fs::exists(missing));
  EXPECT_FALSE(Store::exists(missing));
}

TEST(Store, RefusesAnEmptyFile) {
  const TempFolder folder;
  write_text(folder.path() / "experiments.db", "");
  for (const auto mode : {Store::Mode::Read, Store::Mode::Write, Store::Mode::Create}) {
    EXPECT_TRUE(fails_with(Store::open(folder.path(), mode), Cause::InvalidInput, "is empty"));
  }
  EXPECT_EQ(fs::file_size(folder.path() / "experiments.db"), 0U);
  EXPECT_FALSE(fs::exists(folder.path() / "logs"));
}

TEST(Store, RefusesAFileThatIsNoDatabase) {
  const TempFolder folder;
  write_text(folder.path() / "experiments.db", std::string(10'000, 'x'));
  EXPECT_TRUE(
      fails_with(Store::open(folder.path(), Store::Mode::Create), Cause::InvalidInput, "not an experiment store"));
}

TEST(Store, RefusesADatabaseOfAnotherProgramAndLeavesItAlone) {
  const TempFolder folder;
  const auto path = folder.path() / "experiments.db";
  {
    auto foreign = must(Database::open(path, Database::Access::Create));
    must(foreign.execute("PRAGMA application_id = 7; CREATE TABLE t(x); PRAGMA user_version = 1"));
  }
  std::stringstream before;
  before << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_TRUE(fails_with(Store::open(folder.path(), Store::Mode::Create), Cause::InvalidInput, "another program"));
  std::stringstream after;
  after << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(before.str(), after.str());
}

TEST(Store, RefusesANewerVersionAndNamesBoth) {
  const TempFolder folder;
  const Store store = new_store(folder);
  must(must(store.connect()).execute("PRAGMA user_version = 99"));
  EXPECT_TRUE(fails_with(Store::open(store.folder(), Store::Mode::Read), Cause::InvalidInput,
                         "schema version 99; this program knows versions up to 4"));
}

TEST(Store, RefusesAFolderThatIsAFile) {
  const TempFolder folder;
  write_text(folder.path() / "file", "text");
  EXPECT_TRUE(fails_with(Store::open(folder.path() / "file" / "store", Store::Mode::Create), Cause::InvalidInput,
                         "file/store"));
}

TEST(Store, NamesAPathWithoutWritePermission) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const TempFolder folder;
  fs::permissions(folder.path(), fs::perms(0755));
  const Store store = new_store(folder);
  for (const char* part : {"", "experiments.db"}) fs::permissions(store.folder() / part, fs::perms(0755));
  const Nobody nobody;
  EXPECT_TRUE(fails_with(Store::open(folder.path() / "another", Store::Mode::Create), Cause::InvalidInput, "another"));
  EXPECT_TRUE(fails_with(Store::open(store.folder(), Store::Mode::Write), Cause::InvalidInput, "no permission"));
  const auto readable = Store::open(store.folder(), Store::Mode::Read);
  ASSERT_TRUE(readable) << readable.error().message;
  EXPECT_TRUE(must(must(Runs::open(*readable)).list()).empty());
}

TEST(Store, TruncatedFilesAreErrorsNotCrashes) {
  const TempFolder folder;
  const Store store = new_store(folder);
  const auto run = new_run(store);
  const auto whole = fs::file_size(store.database_path());
  for (const std::uintmax_t size :
       {whole - 1, whole / 2, std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{17}}) {
    const auto damaged = folder.path() / std::to_string(size);
    fs::create_directory(damaged);
    fs::copy_file(store.database_path(), damaged / "experiments.db");
    fs::resize_file(damaged / "experiments.db", size);
    const auto opened = Store::open(damaged, Store::Mode::Read);
    if (!opened) {
      EXPECT_THAT(opened.error().message, testing::HasSubstr("experiments.db: "));
      continue;
    }
    EXPECT_FALSE(must(Runs::open(*opened)).show(run)) << size;
  }
}

TEST(Store, ThatShrinksWhileItIsOpenedIsNotDamaged) {
  const TempFolder folder;
  const Store store = new_store(folder, {.connection = {.journal = Journal::Truncate}});
  auto others = must(must(Store::open(store.folder(), Store::Mode::Write)).connect());
  must(others.execute("PRAGMA busy_timeout=0"));
  must(others.execute("CREATE TABLE filling(bytes); INSERT INTO filling VALUES(zeroblob(100000)); DROP TABLE filling"));
  const auto before = fs::file_size(store.database_path());
  const WatchedStatements watched([&](std::string_view sql, bool ended) {
    if (ended && sql.find("page_count") != std::string_view::npos) static_cast<void>(others.execute("VACUUM"));
  });
  const auto database = store.connect();
  EXPECT_TRUE(database) << database.error().message;
  EXPECT_EQ(fs::file_size(store.database_path()), before) << "nobody could, meanwhile";
}

TEST(Store, NoticesThatItsFileWasReplacedWhileInUse) {
  const TempFolder folder;
  const Store store = new_store(folder);
  auto answers = must(Answers::open(store));
  must(answers->save(digest_of("a"), {}));
  fs::copy_file(store.database_path(), store.folder() / "copy");
  fs::rename(store.folder() / "copy", store.database_path());
  EXPECT_TRUE(fails_with(answers->save(digest_of("b"), {}), Cause::Storage, "deleted or replaced"));
}

TEST(StoreFolder, ComesFromTheOptionThenTheEnvironment) {
  ::setenv("HOME", "/home/someone", 1);
  ::unsetenv("XDG_DATA_HOME");
  ::unsetenv("QUANTRAIL_STORE");
  EXPECT_EQ(must(store_folder("")), "/home/someone/.local/share/quantrail");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  EXPECT_EQ(must(store_folder("")), "/home/someone/.local/share/quantrail");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(must(store_folder("")), "/data/quantrail");
  ::setenv("QUANTRAIL_STORE", "/store", 1);
  EXPECT_EQ(must(store_folder("")), "/store");
  EXPECT_EQ(must(store_folder("/given/../here")), "/here");
  EXPECT_TRUE(must(store_folder("relative")).is_absolute());
  for (const char* name : {"QUANTRAIL_STORE", "XDG_DATA_HOME", "HOME"}) ::unsetenv(name);
  EXPECT_TRUE(fails_with(store_folder(""), Cause::InvalidInput, "--store"));
}

}  // namespace
}  // namespace quantrail::tracking
