#include <cmath>

#include "support.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  [[nodiscard]] Database open() { return must(Database::open(folder_.path() / "file.db", Database::Access::Create)); }
  TempFolder folder_;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWereBound) {
  auto database = open();
  must(database.execute("CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB, n ANY) STRICT"));
  const std::string text("a\0\xFFz", 4);
  const std::vector<std::uint8_t> blob{0, 255, 7};
  must(run(database, "INSERT INTO t VALUES(?1, ?2, ?3, ?4, ?5)",
           {std::numeric_limits<std::int64_t>::min(), 0.1, std::string_view(text), blob, nullptr}));
  int rows = 0;
  must(each_row(database, "SELECT * FROM t", {}, [&](const Row& row) {
    ++rows;
    EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.real(1), 0.1);
    EXPECT_EQ(row.text(2), text);
    EXPECT_EQ(row.blob(3), blob);
    EXPECT_TRUE(row.is_null(4));
  }));
  EXPECT_EQ(rows, 1);
}

TEST_F(DatabaseTest, EmptyTextAndBlobAreNotNull) {
  auto database = open();
  must(database.execute("CREATE TABLE t(t TEXT NOT NULL, b BLOB NOT NULL) STRICT"));
  must(run(database, "INSERT INTO t VALUES(?1, ?2)", {std::string_view(), std::span<const std::uint8_t>()}));
  EXPECT_EQ(must(first_integer(database, "SELECT length(t) + length(b) FROM t")), 0);
}

TEST_F(DatabaseTest, NanIsStoredAsNullAndReadAsNan) {
  auto database = open();
  must(database.execute("CREATE TABLE t(r REAL) STRICT"));
  for (const double value : {kNaN, std::numeric_limits<double>::infinity(), -1.5})
    must(run(database, "INSERT INTO t VALUES(?1)", {value}));
  std::vector<double> read;
  must(each_row(database, "SELECT r FROM t ORDER BY rowid", {}, [&](const Row& row) { read.push_back(row.real(0)); }));
  EXPECT_TRUE(std::isnan(read.at(0)));
  EXPECT_EQ(read.at(1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(read.at(2), -1.5);
  EXPECT_EQ(must(first_integer(database, "SELECT COUNT(*) FROM t WHERE r IS NULL")), 1);
}

TEST_F(DatabaseTest, ATransactionRollsBackUnlessCommitted) {
  auto database = open();
  must(database.execute("CREATE TABLE t(i INTEGER)"));
  {
    const auto dropped = must(Transaction::write(database));
    must(database.execute("INSERT INTO t VALUES(1)"));
  }
  EXPECT_FALSE(database.in_transaction());
  {
    auto kept = must(Transaction::write(database));
    must(database.execute("INSERT INTO t VALUES(2)"));
    must(kept.commit());
  }
  EXPECT_EQ(must(first_integer(database, "SELECT SUM(i) FROM t")), 2);
}

TEST_F(DatabaseTest, AReaderThatIsDoneDoesNotHoldUpAWriter) {
  auto reader = open();
  auto writer = open();
  must(writer.execute("CREATE TABLE t(i INTEGER); INSERT INTO t VALUES(1), (2)"));
  EXPECT_EQ(must(first_integer(reader, "SELECT i FROM t")), 1);
  EXPECT_TRUE(writer.execute("INSERT INTO t VALUES(3)"));
}

TEST_F(DatabaseTest, AWriterThatWaitsTooLongSaysWhatItWaitedFor) {
  auto first = open();
  auto second = open();
  must(first.execute("CREATE TABLE t(i INTEGER)"));
  const auto held = must(Transaction::write(first));
  EXPECT_TRUE(fails_with(Transaction::write(second), Cause::Blocked, "locked"));
}

TEST_F(DatabaseTest, AStatementThatIsWrongNamesTheFile) {
  auto database = open();
  EXPECT_TRUE(fails_with(run(database, "SELECT nonsense"), Cause::Storage, "file.db: no such column"));
}

}  // namespace
}  // namespace quantrail::tracking
