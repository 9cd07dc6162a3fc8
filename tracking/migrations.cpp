#include "tracking/migrations.h"

#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

/// One step, unless another process took it while this one waited.
Status take_step(Database& database, std::size_t version, const char* step) {
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction);
  const auto now = schema_version(database);
  if (!now) return failed(now);
  if (*now != version) return {};
  if (auto done = database.execute(step); !done) return done;
  if (auto done = database.execute(fmt::format("PRAGMA user_version={}", version + 1)); !done) return done;
  return transaction->commit();
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
  if (backup) {
    if (auto copied = run(database, "VACUUM INTO ?1", {std::string_view(backup->native())}); !copied)
      return failed(copied, "backup");
  }
  for (std::size_t version = *found; version < steps.size(); ++version) {
    if (auto taken = take_step(database, version, steps[version]); !taken) {
      return failed(taken, fmt::format("update to schema version {}", version + 1));
    }
  }
  return {};
}

}  // namespace quantrail::tracking
