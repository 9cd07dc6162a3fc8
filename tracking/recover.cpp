#include "tracking/recover.h"

#include <array>
#include <limits>
#include <span>
#include <vector>

#include "base/fail_point.h"
#include "base/folders.h"
#include "base/text.h"
#include "tracking/connection.h"
#include "tracking/durable_copy.h"
#include "tracking/health.h"
#include "tracking/lock_file.h"
#include "tracking/migrations.h"
#include "tracking/padded.h"
#include "tracking/record_rows.h"
#include "tracking/schema.h"
#include "tracking/statement.h"
#include "tracking/store_create.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

/// A table, and the whole numbers by which its rows can be reached piece by piece.
struct Table {
  const char* name;
  const char* by;       ///< "rowid", or the first column of its key
  const char* then_by;  ///< the second column; null: a piece is not divided further
};

/// Parents first. Hashes of files are only a cache, leases belong to workers that are gone.
constexpr std::array kTables{Table{"runs", "rowid", nullptr},
                             Table{"views", nullptr, nullptr},
                             Table{"run_tags", "run_id", nullptr},
                             Table{"run_data", "run_id", nullptr},
                             Table{"baseline_values", "run_id", nullptr},
                             Table{"run_names", "run_id", "position"},
                             Table{"attempts", "rowid", nullptr},
                             Table{"requests", "rowid", nullptr},
                             Table{"events", "rowid", nullptr},
                             Table{"iterations", "run_id", "number"},
                             Table{"iteration_values", "run_id", "number"},
                             Table{"iteration_names", "run_id", "number"},
                             Table{"rankings", "run_id", "number"},
                             Table{"ranking_scores", "run_id", "number"},
                             Table{"ranking_layers", "run_id", "number"},
                             Table{"evaluations", "rowid", nullptr},
                             Table{"evaluation_blocks", "rowid", nullptr},
                             Table{"blobs", "rowid", nullptr}};

constexpr std::int64_t kLargest = std::int64_t{1} << 40U;
/// More pieces than there are rows on a damaged page fail one after the other only where nothing can be reached, such
/// as behind the last row: pieces are divided no further then, until one can be read again.
constexpr int kLongestStreak = 1'000;

/// Copies a table from the attached "old" in pieces that are halved until they can be read.
class Copier {
 public:
  Copier(Database& database, const Table& table, std::string columns)
      : database_(database), table_(table), columns_(std::move(columns)) {}

  std::int64_t copied() {
    if (table_.by == nullptr) {
      (void)piece("1");
    } else {
      halves(0, kLargest, {});
    }
    return copied_;
  }

 private:
  /// `outer`: what divides the rows already; empty: nothing.
  void halves(std::int64_t first, std::int64_t last, const std::string& outer) {
    const char* column = outer.empty() ? table_.by : table_.then_by;
    const std::string where =
        fmt::format("{}{}{} BETWEEN {} AND {}", outer, outer.empty() ? "" : " AND ", column, first, last);
    if (piece(where) || streak_ > kLongestStreak) return;
    if (first < last) {
      const std::int64_t middle = first + (last - first) / 2;
      halves(first, middle, outer);
      halves(middle + 1, last, outer);
    } else if (outer.empty() && table_.then_by != nullptr) {
      halves(0, kLargest, fmt::format("{} = {}", column, first));
    }
  }

  bool piece(const std::string& where) {
    const auto done =
        run(database_, fmt::format("INSERT OR IGNORE INTO main.{0}({1}) SELECT {1} FROM old.{0} WHERE {2}", table_.name,
                                   columns_, where));
    if (!done) {
      ++streak_;
      return false;
    }
    streak_ = 0;
    copied_ += database_.changes();
    return true;
  }

  Database& database_;
  const Table& table_;
  std::string columns_;
  std::int64_t copied_ = 0;
  int streak_ = 0;  ///< pieces that could not be read since one could
};

Result<std::string> columns_of(Database& database, const char* table) {
  std::vector<std::string> names;
  const auto read = each_row(database, fmt::format("SELECT name FROM pragma_table_info('{}')", table), {},
                             [&](const Row& row) { names.push_back(row.text(0)); });
  if (!read) return failed(read);
  return joined(names, ", ");
}

/// Triggers guard what is recorded against writers; here they would count rows twice.
Result<std::vector<std::string>> without_triggers(Database& database) {
  std::vector<std::string> names;
  std::vector<std::string> made_by;
  auto read = each_row(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'", {}, [&](const Row& row) {
    names.push_back(row.text(0));
    made_by.push_back(row.text(1));
  });
  for (const auto& name : names) {
    if (read) read = database.execute("DROP TRIGGER " + name);
  }
  if (!read) return failed(read);
  return made_by;
}

// What is left without what it belongs to goes; then what is counted is counted again. A run that says more than its
// record has is continued, not believed.
constexpr std::array kGaps{
    "DELETE FROM iterations WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM iterations WHERE number >= (SELECT MIN(a.number) + 1 FROM iterations a WHERE a.run_id = "
    "iterations.run_id AND NOT EXISTS (SELECT 1 FROM iterations b WHERE b.run_id = a.run_id AND b.number = a.number + "
    "1)) "
    "OR NOT EXISTS (SELECT 1 FROM iterations z WHERE z.run_id = iterations.run_id AND z.number = 0)"};
constexpr std::array kRepairs{
    "INSERT INTO attempts(id, run_id, host, boot_id, pid, pid_start, environment, log_path, started_ms, ended_ms, "
    "ended_as, reason) SELECT DISTINCT attempt_id, run_id, '', '', 0, 0, '{}', '', recorded_ms, recorded_ms, 'lost', "
    "'its record was damaged' FROM iterations WHERE attempt_id NOT IN (SELECT id FROM attempts) GROUP BY attempt_id",
    "DELETE FROM attempts WHERE run_id NOT IN (SELECT id FROM runs)",
    "UPDATE attempts SET ended_ms = started_ms, ended_as = 'lost', reason = 'the store was damaged' WHERE ended_ms IS "
    "NULL",
    "DELETE FROM run_tags WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM run_data WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM baseline_values WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM requests WHERE run_id NOT IN (SELECT id FROM runs) OR answer IS NULL",
    "DELETE FROM events WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM iteration_values WHERE (run_id, number) NOT IN (SELECT run_id, number FROM iterations)",
    "DELETE FROM iteration_names WHERE (run_id, number) NOT IN (SELECT run_id, number FROM iterations)",
    "DELETE FROM rankings WHERE (run_id, after_iteration) NOT IN (SELECT run_id, number FROM iterations)",
    "DELETE FROM rankings WHERE number > (SELECT COUNT(*) - 1 FROM rankings a WHERE a.run_id = rankings.run_id AND "
    "a.number <= rankings.number)",
    "DELETE FROM ranking_scores WHERE (run_id, number) NOT IN (SELECT run_id, number FROM rankings)",
    "DELETE FROM ranking_layers WHERE (run_id, number, position) NOT IN (SELECT run_id, number, position FROM "
    "ranking_scores)"};

constexpr std::array kRecounts{
    // Done only with all of its iterations, and the one that it chose.
    "UPDATE runs SET state = 'interrupted', outcome = NULL, reason = 'the store was damaged', explanation = '', best = "
    "NULL, best_drop = NULL, evaluations = NULL, reused = NULL, speed_up = NULL WHERE iterations <> (SELECT COUNT(*) "
    "FROM "
    "iterations i WHERE i.run_id = runs.id)",
    "UPDATE runs SET iterations = (SELECT COUNT(*) FROM iterations i WHERE i.run_id = runs.id)",
    "UPDATE runs SET (best, best_drop) = (SELECT number, metric_drop FROM iterations i WHERE i.run_id = runs.id AND "
    "metric_drop IS NOT NULL ORDER BY metric_drop, number LIMIT 1) WHERE outcome IS NULL",
    "UPDATE runs SET state = 'interrupted', reason = 'the store was damaged' WHERE state IN ('running', 'paused', "
    "'stopping')",
    "UPDATE runs SET parent_run = NULL, parent_iteration = NULL WHERE parent_run NOT IN (SELECT id FROM runs)"};

/// Repairs of what came with schema version 3.
Status repair_newer(Database& database) {
  const auto columns = columns_of(database, "runs");
  if (!columns) return failed(columns);
  if (columns->find("start_after") == std::string::npos) return {};
  return run(database, "UPDATE runs SET start_after = NULL WHERE start_after NOT IN (SELECT id FROM runs)")
      .and_then([&] { return run(database, "DELETE FROM run_names WHERE run_id NOT IN (SELECT id FROM runs)"); })
      .and_then([&] {
        // Iterations name layers by their place in this list.
        return run(
            database,
            "DELETE FROM iterations WHERE lists IS NOT NULL AND run_id IN (SELECT run_id FROM run_names GROUP BY "
            "run_id HAVING COUNT(*) <> MAX(position) + 1)");
      });
}

/// Bytes of names refer to what was before them; where that is gone, so are they.
Status drop_unreadable(Database& database) {
  std::vector<std::int64_t> runs;
  auto read = each_row(database, "SELECT id FROM runs", {}, [&](const Row& row) { runs.push_back(row.integer(0)); });
  if (!read) return read;
  for (const auto id : runs) {
    if (read_iterations(database, id, 0, kLargest)) continue;
    if (auto gone = run(database, "DELETE FROM iterations WHERE run_id = ?1", {id}); !gone) return gone;
  }
  return {};
}

/// Returns how many rows were deleted.
Result<std::int64_t> all_of(Database& database, std::span<const char* const> statements) {
  std::int64_t deleted = 0;
  for (const std::string_view statement : statements) {
    if (auto done = run(database, statement); !done) return failed(done, std::string(statement.substr(0, 40)));
    if (statement.starts_with("DELETE")) deleted += database.changes();
  }
  return deleted;
}

Result<std::int64_t> repaired(Database& database, std::size_t version) {
  if (auto newer = repair_newer(database); !newer) return failed(newer);
  auto dropped = all_of(database, kGaps);
  if (!dropped) return dropped;
  // What this program reads is of its own version.
  if (version == schema_steps().size()) {
    if (auto readable = drop_unreadable(database); !readable) return failed(readable);
  }
  const auto rest = all_of(database, kRepairs);
  if (!rest) return rest;
  if (const auto counted = all_of(database, kRecounts); !counted) return counted;
  return *dropped + *rest;
}

Result<std::size_t> version_of(const fs::path& path) {
  auto damaged = Database::open(path, Database::Access::Existing);
  if (!damaged) return failed(damaged);
  const auto id = first_integer(*damaged, "PRAGMA application_id");
  if (!id) return failed(id);
  if (id->value_or(0) != kApplicationId)
    return fail(Cause::InvalidInput, "{}: is not an experiment store", path.string());
  return schema_version(*damaged);
}

/// Every piece is a transaction of its own: in a longer one SQLite refuses to write once it has met damage, wherever
/// that is. Nothing needs to be safe before the whole is.
Result<Recovered> copied_into(Database& database, const fs::path& damaged, std::size_t version) {
  const auto triggers = without_triggers(database);
  if (!triggers) return failed(triggers);
  auto done = database.execute("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY");
  if (done) done = run(database, "ATTACH ?1 AS old", {std::string_view(damaged.native())});
  if (!done) return failed(done);
  Recovered recovered;
  for (const auto& table : kTables) {
    const auto columns = columns_of(database, table.name);
    if (!columns) return failed(columns);
    if (columns->empty()) continue;  // of a later version
    recovered.rows[table.name] = Copier(database, table, *columns).copied();
  }
  if (done = database.execute("DETACH old"); !done) return failed(done);
  const auto dropped = repaired(database, version);
  if (!dropped) return failed(dropped);
  recovered.dropped = *dropped;
  for (const auto& trigger : *triggers) {
    if (done = database.execute(trigger); !done) return failed(done);
  }
  const auto count = [&](const char* table) {
    return first_integer(database, fmt::format("SELECT COUNT(*) FROM {}", table)).value_or(0).value_or(0);
  };
  recovered.runs = count("runs");
  recovered.iterations = count("iterations");
  return recovered;
}

/// Whether a copy can be opened and has runs.
bool holds_runs(const fs::path& copy) {
  auto database = Database::open(copy, Database::Access::Existing);
  if (!database) return false;
  return first_integer(*database, "SELECT EXISTS (SELECT 1 FROM runs)").value_or(std::nullopt) == 1;
}

std::string backups_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& path : entries(folder).value_or(std::vector<fs::path>{})) {
    const auto name = path.filename().string();
    if (name.starts_with("experiments.db.v") && holds_runs(path)) names.push_back(name);
  }
  return names.empty() ? std::string("there is no backup beside it") : "backups beside it: " + joined(names, ", ");
}

/// `from` is there under the name `to`, too, where the file system has links; else as a copy.
bool also_at(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (error) fs::copy_file(from, to, error);
  return !error;
}

/// Puts `made` in the place of the damaged file, which is `aside` then, journal and all, before anything is taken away.
/// There is a database at every moment, and never one beside the other's journal.
Status put_in_place(const fs::path& made, const fs::path& database, const fs::path& aside) {
  constexpr std::array kSuffixes{"", "-journal", "-wal", "-shm"};
  std::error_code error;
  for (const char* suffix : kSuffixes) {
    const fs::path from = database.native() + suffix;
    if (fs::exists(from, error) && !also_at(from, aside.native() + suffix))
      return fail(Cause::Storage, "{}{}: the damaged file cannot be kept here", aside.string(), suffix);
  }
  sync_folder(database.parent_path());
  fail_point("set_aside");
  for (const char* suffix : std::span(kSuffixes).subspan(1)) fs::remove(database.native() + suffix, error);
  fs::rename(made, database, error);
  if (error) return fail(Cause::Storage, "{}: {}", database.string(), error.message());
  sync_folder(database.parent_path());
  return {};
}

Status check_nobody_works(const fs::path& locks) {
  const auto held = held_lock(locks);
  if (!held) return failed(held);
  if (*held) return fail(Cause::Owned, "{}: a worker is at work; stop it first", (*held)->string());
  return {};
}

}  // namespace

Result<Recovered> recover(const fs::path& folder, StoreOptions options) {
  const fs::path path = folder / "experiments.db";
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return fail(Cause::InvalidInput, "{}: there is no experiment store here", path.string());
  if (auto nobody = check_nobody_works(folder / "locks"); !nobody) return failed(nobody);
  if (const auto store = Store::open(folder, Store::Mode::Read, options); store && checked(*store)) {
    return fail(Cause::InvalidInput, "{}: is sound: there is nothing to recover", path.string());
  }
  const auto damaged = Padded::of(path);
  if (!damaged) return failed(damaged);
  const auto version = version_of(damaged->path());
  if (!version)
    return fail(Cause::InvalidInput, "{}; nothing can be read of it; {}", version.error().message, backups_in(folder));
  if (*version == 0 || *version > schema_steps().size()) {
    return fail(Cause::InvalidInput, "{}: has schema version {}; this program knows versions 1 to {}", path.string(),
                *version, schema_steps().size());
  }
  const auto half_made = folder / fmt::format(".new-{}.db", random_id());
  auto recovered = [&]() -> Result<Recovered> {
    auto database = connect_new(half_made, options.connection);
    if (!database) return failed(database);
    auto made = database->execute(fmt::format("PRAGMA application_id={}", kApplicationId));
    if (made) made = migrate(*database, schema_steps().first(*version), std::nullopt);
    if (!made) return failed(made);
    return copied_into(*database, damaged->path(), *version);
  }();
  // The new file is sound, so it is the old one's schema: without that no row can be told from another.
  const bool unknown = !recovered && recovered.error().message.find("image is malformed") != std::string::npos;
  if (unknown) {
    recovered = fail(Cause::InvalidInput, "{}: its schema is damaged: nothing can be read of it; {}", path.string(),
                     backups_in(folder));
  }
  if (recovered && recovered->runs == 0 && recovered->rows["evaluations"] == 0) {
    recovered = fail(Cause::InvalidInput, "{}: nothing can be read of it; {}", path.string(), backups_in(folder));
  }
  if (recovered) {
    recovered->set_aside = folder / fmt::format("experiments.db.damaged-{}", options.host.now_ms());
    auto moved = sync_file(half_made);
    fail_point("recovered");
    if (moved) moved = put_in_place(half_made, path, recovered->set_aside);
    if (!moved) recovered = failed(moved);
  }
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(half_made.native() + suffix, ignored);
  return recovered;
}

}  // namespace quantrail::tracking
