#include "tracking/schema.h"

#include "support.h"

namespace quantrail::tracking {
namespace {

constexpr const char* kHash = "zeroblob(32)";

std::string new_run_sql(const std::string& uid, const std::string& name, const std::string& extra_columns = "",
                        const std::string& extra_values = "") {
  return fmt::format(
      "INSERT INTO runs(uid, name, config, config_digest, model_name, model_path, model_hash, created_ms{}) "
      "VALUES('{}', '{}', '{{}}', {}, 'm', '/m', {}, 0{})",
      extra_columns, uid, name, kHash, kHash, extra_values);
}

std::string iteration_sql(int number, const char* drop = "0.5") {
  return fmt::format(
      "INSERT INTO iterations(run_id, number, attempt_id, kind, metric_drop, accepted, size_bytes, snapshot_hash, "
      "quantization, "
      "recorded_ms) VALUES(1, {}, 1, 'revert', {}, 1, 5, {}, {}, 0)",
      number, drop, kHash, kHash);
}

class SchemaTest : public testing::Test {
 protected:
  void SetUp() override {
    must(database_.execute(new_run_sql("0123456789abcdef", "one")));
    must(database_.execute(
        "INSERT INTO attempts(run_id, host, boot_id, pid, pid_start, environment, log_path, started_ms) "
        "VALUES(1, 'h', 'b', 1, 1, '{}', '', 0)"));
    must(database_.execute(iteration_sql(0)));
    must(database_.execute("INSERT INTO iteration_values VALUES(1, 0, 'metric', 'top1', 0.5)"));
    must(database_.execute("INSERT INTO rankings VALUES(1, 0, 0, 'top1', 10, 0)"));
    must(
        database_.execute("INSERT INTO ranking_scores(run_id, number, position, group_name, score, distance, "
                          "float_macs) VALUES(1, 0, 0, 'g', 0.5, 0.5, 1)"));
  }
  void expect_refused(const std::string& sql, const std::string& part) {
    EXPECT_TRUE(fails_with(database_.execute(sql), Cause::Storage, part)) << sql;
  }
  TempFolder folder_;
  Database database_ = must(new_store(folder_).connect());
};

TEST_F(SchemaTest, RefusesRunsThatMakeNoSense) {
  expect_refused(new_run_sql("short", "two"), "CHECK constraint failed");
  expect_refused(new_run_sql("0123456789abcdeX", "two"), "CHECK constraint failed");
  expect_refused(new_run_sql("0123456789abcdef", "two"), "UNIQUE constraint failed: runs.uid");
  expect_refused(new_run_sql("1123456789abcdef", "one"), "UNIQUE constraint failed: runs.name");
  expect_refused(new_run_sql("1123456789abcdef", ""), "CHECK constraint failed");
  expect_refused(new_run_sql("1123456789abcdef", "two", ", state", ", 'sleeping'"), "CHECK constraint failed");
  expect_refused(new_run_sql("1123456789abcdef", "two", ", state", ", 'done'"), "CHECK constraint failed");
  expect_refused(new_run_sql("1123456789abcdef", "two", ", outcome", ", 'met'"), "CHECK constraint failed");
  expect_refused(new_run_sql("1123456789abcdef", "two", ", best", ", 0"), "CHECK constraint failed");
  expect_refused("UPDATE runs SET model_hash = x'00'", "CHECK constraint failed");
  expect_refused("UPDATE runs SET created_ms = 'today'", "cannot store TEXT value in INTEGER column");
  expect_refused("UPDATE runs SET parent_run = 99", "FOREIGN KEY constraint failed");
}

TEST_F(SchemaTest, NumbersIterationsWithoutGaps) {
  expect_refused(iteration_sql(2), "iterations are numbered without gaps");
  expect_refused(iteration_sql(0), "iterations are numbered without gaps");
  must(database_.execute(iteration_sql(1)));
  EXPECT_EQ(must(first_integer(database_, "SELECT iterations FROM runs")), 2);
}

TEST_F(SchemaTest, NeverChangesWhatIsRecorded) {
  expect_refused("UPDATE iterations SET metric_drop = 0", "recorded iterations never change");
  expect_refused("UPDATE iteration_values SET value = 0", "recorded iterations never change");
  expect_refused("UPDATE rankings SET metric = 'x'", "recorded rankings never change");
  expect_refused("UPDATE ranking_scores SET score = 1", "recorded rankings never change");
}

TEST_F(SchemaTest, KeepsTheIterationWithTheSmallestDrop) {
  must(database_.execute(iteration_sql(1, "NULL")));
  EXPECT_EQ(must(first_integer(database_, "SELECT best FROM runs")), 0) << "NaN is never the best";
  must(database_.execute(iteration_sql(2, "0.25")));
  must(database_.execute(iteration_sql(3, "0.25")));
  EXPECT_EQ(must(first_integer(database_, "SELECT best FROM runs")), 2) << "of equals, the first";
}

TEST_F(SchemaTest, RanksOnlyAfterAnIterationThatExists) {
  expect_refused("INSERT INTO rankings VALUES(1, 1, 7, 'top1', 10, 0)", "FOREIGN KEY constraint failed");
  expect_refused("INSERT INTO rankings VALUES(1, 5, 0, 'top1', 10, 0)", "rankings are numbered without gaps");
}

TEST_F(SchemaTest, LetsOneWorkerOwnARunAndOneStopBeOpen) {
  must(database_.execute("INSERT INTO leases(run_id, attempt_id, beat_ms) VALUES(1, 1, 0)"));
  expect_refused("INSERT INTO leases(run_id, attempt_id, beat_ms) VALUES(1, 1, 0)", "UNIQUE constraint failed");
  must(database_.execute("INSERT INTO requests(run_id, verb, created_ms) VALUES(1, 'stop', 0)"));
  expect_refused("INSERT INTO requests(run_id, verb, created_ms) VALUES(1, 'stop', 0)", "UNIQUE constraint failed");
  expect_refused("INSERT INTO requests(run_id, verb, created_ms) VALUES(1, 'dance', 0)", "CHECK constraint failed");
  must(database_.execute("UPDATE requests SET answer = 'yes', answered_ms = 1"));
  EXPECT_TRUE(database_.execute("INSERT INTO requests(run_id, verb, created_ms) VALUES(1, 'stop', 0)"));
}

TEST_F(SchemaTest, RemovesARunWithAllThatBelongsToIt) {
  must(database_.execute("DELETE FROM runs"));
  for (const char* table : {"attempts", "iterations", "iteration_values", "rankings", "ranking_scores"}) {
    EXPECT_EQ(must(first_integer(database_, fmt::format("SELECT COUNT(*) FROM {}", table))), 0) << table;
  }
}

TEST_F(SchemaTest, NeverUsesAnIdAgain) {
  must(database_.execute("DELETE FROM runs"));
  must(database_.execute(new_run_sql("1123456789abcdef", "two")));
  EXPECT_EQ(must(first_integer(database_, "SELECT id FROM runs")), 2);
}

}  // namespace
}  // namespace quantrail::tracking
