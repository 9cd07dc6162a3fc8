#include "tracking/migrations.h"

#include "base/fail_point.h"
#include "tracking/durable_copy.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

void remove_database(const fs::path& path) {
  std::error_code ignored;
  for (const char* suffix : {"", "-journal"}) fs::remove(path.native() + suffix, ignored);
}

/// The copy under its own name once it is whole. Others that would make one wait for the caller's transaction, so that
/// what lies half-made is of a process that was killed. It is read by a connection of its own, since a transaction
/// cannot contain VACUUM.
Status copy_before_update(const fs::path& path, const fs::path& copy) {
  auto database = Database::open(path, Database::Access::Existing);
  if (!database) return failed(database);
  const fs::path half_made = copy.parent_path() / fmt::format(".new-{}", copy.stem().string());
  remove_database(half_made);
  auto done = run(*database, "VACUUM INTO ?1", {std::string_view(half_made.native())});
  fail_point("store_copied");
  if (done) done = sync_file(half_made);
  std::error_code error;
  if (done) fs::rename(half_made, copy, error);
  if (error) done = fail(Cause::Storage, "{}: {}", copy.string(), error.message());
  if (!done) remove_database(half_made);
  sync_folder(copy.parent_path());
  return done;
}

Status take_steps(Database& database, std::size_t version, std::span<const char* const> steps) {
  for (; version < steps.size(); ++version) {
    auto done = database.execute(steps[version]);
    if (done) done = database.execute(fmt::format("PRAGMA user_version={}", version + 1));
    if (!done) return failed(done, fmt::format("update to schema version {}", version + 1));
  }
  return {};
}

}  // namespace

Result<std::size_t> schema_version(Database& database) {
  const auto version = first_integer(database, "PRAGMA user_version");
  if (!version) return failed(version);
  if (version->value_or(0) < 0) {
    return fail(Cause::InvalidInput, "{}: has the impossible schema version {}", database.path().string(),
                version->value_or(0));
  }
  return static_cast<std::size_t>(version->value_or(0));
}

Status migrate(Database& database, std::span<const char* const> steps,
               const std::optional<std::filesystem::path>& backup) {
  const auto found = schema_version(database);
  if (!found) return failed(found);
  if (*found > steps.size()) {
    return fail(Cause::InvalidInput,
                "{}: was made by a newer Quantrail (schema version {}; this program knows versions up to {}); use that "
                "program, "
                "or another folder with --store",
                database.path().string(), *found, steps.size());
  }
  if (*found == steps.size()) return {};
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction, fmt::format("update to schema version {}", steps.size()));
  const auto now = schema_version(database);
  if (!now) return failed(now);
  if (*now >= steps.size()) return {};  // another process did it while this one waited
  if (backup) {
    if (auto copied = copy_before_update(database.path(), *backup); !copied)
      return failed(copied, "copy before the update");
  }
  auto done = take_steps(database, *now, steps);
  if (done) done = transaction->commit();
  if (!done && backup) remove_database(*backup);
  return done;
}

}  // namespace quantrail::tracking
