#include "tracking/connection.h"

#include <sqlite3.h>

#include <optional>
#include <string>

#include "tracking/file_system.h"
#include "tracking/schema.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

// mmap_size 0: an I/O error on mapped pages would be a SIGBUS. trusted_schema OFF: the file may come from anywhere.
constexpr const char* kSettings =
    "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
    "PRAGMA mmap_size=0; PRAGMA journal_size_limit=16777216; PRAGMA temp_store=MEMORY;"
    // Lists look into many places of a large file, again and again.
    "PRAGMA cache_size=-32768;";

/// Sets the mode and returns the one in force, which SQLite keeps silently when it cannot switch.
Result<std::string> journal_mode(Database& database, Journal wanted) {
  const char* sql = wanted == Journal::Wal ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=TRUNCATE";
  std::string mode;
  auto read = each_row(database, sql, {}, [&](const Row& row) { mode = row.text(0); });
  if (!read) return failed(read);
  return mode;
}

Status set_journal(Database& database, Journal wanted) {
  // A write-ahead log needs shared memory, which machines that share a file system do not have.
  if (wanted == Journal::Automatic) {
    wanted = network_of(database.path()).empty() ? safe_journal(sqlite3_libversion_number()) : Journal::Truncate;
  }
  auto mode = journal_mode(database, wanted);
  if (!mode) return failed(mode);
  // Network and overlay file systems have no shared memory for WAL: a rollback journal is as safe, only slower.
  if (wanted == Journal::Wal && *mode != "wal") mode = journal_mode(database, Journal::Truncate);
  if (!mode) return failed(mode);
  if (*mode == "truncate" || (wanted == Journal::Wal && *mode == "wal")) return {};
  return fail(Cause::Storage,
              "{}: the journal mode is \"{}\" and could not be changed to \"truncate\", which SQLite {} needs; close "
              "other programs "
              "that use this experiment store",
              database.path().string(), *mode, sqlite3_libversion());
}

/// SQLite takes a last page that is cut off for a whole one. With a write-ahead log, pages may be there still.
Status check_size(Database& database) {
  std::string mode;
  auto read = each_row(database, "PRAGMA journal_mode", {}, [&](const Row& row) { mode = row.text(0); });
  if (!read || mode == "wal") return read;
  // Nobody makes the file shorter while it is read.
  const auto reading = Transaction::read(database);
  if (!reading) return failed(reading);
  std::optional<std::int64_t> bytes;
  read = each_row(database, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", {},
                  [&](const Row& row) { bytes = row.integer(0); });
  if (!read) return read;
  std::error_code error;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(database.path(), error));
  if (error || size >= bytes.value_or(0)) return {};
  return tl::unexpected(
      damaged_store(database.path(), fmt::format("{} bytes are missing at its end", bytes.value_or(0) - size)));
}

Status configure(Database& database, const ConnectionOptions& options) {
  if (auto set = database.execute(kSettings); !set) return set;
  if (options.max_pages > 0) {
    if (auto set = database.execute(fmt::format("PRAGMA max_page_count={}", options.max_pages)); !set) return set;
  }
  if (database.read_only()) return {};
  return set_journal(database, options.journal);
}

Status check_identity(Database& database) {
  const auto id = first_integer(database, "PRAGMA application_id");
  if (!id) return failed(id);
  if (id->value_or(0) == kApplicationId) return {};
  return fail(Cause::InvalidInput, "{}: is not an experiment store (an SQLite file of another program)",
              database.path().string());
}

Status check_file(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return fail(Cause::InvalidInput, "{}: there is no experiment store here", path.string());
  if (!std::filesystem::is_regular_file(status)) return fail(Cause::InvalidInput, "{}: is not a file", path.string());
  // SQLite would take an empty file for a new database.
  if (std::filesystem::file_size(path, error) != 0 || error) return {};
  return fail(Cause::InvalidInput,
              "{}: is empty, so it is not an experiment store; restore a backup, or remove it to start anew",
              path.string());
}

}  // namespace

Journal safe_journal(int sqlite_version) { return sqlite_version < 3'051'003 ? Journal::Truncate : Journal::Wal; }

Result<Database> connect_new(const std::filesystem::path& path, const ConnectionOptions& options) {
  auto database = Database::open(path, Database::Access::Create);
  if (!database) return database;
  if (auto set = configure(*database, options); !set) return failed(set);
  return database;
}

Result<Database> connect(const std::filesystem::path& path, const ConnectionOptions& options) {
  if (auto checked = check_file(path); !checked) return failed(checked);
  auto database = Database::open(path, Database::Access::Existing);
  if (!database) return database;
  sqlite3_busy_timeout(database->handle(), options.busy_timeout_ms);
  if (auto checked = check_identity(*database); !checked) return failed(checked);
  if (auto set = configure(*database, options); !set) return failed(set);
  if (auto checked = check_size(*database); !checked) return failed(checked);
  return database;
}

}  // namespace quantrail::tracking
