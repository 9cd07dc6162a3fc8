#include "tracking/store.h"

#include <unistd.h>

#include <cstdlib>

#include "tracking/lock_file.h"
#include "tracking/migrations.h"
#include "tracking/schema.h"
#include "tracking/store_create.h"

namespace quantrail::tracking {
namespace {

constexpr const char* kFileName = "experiments.db";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::filesystem::path> whole_path(const std::filesystem::path& path) {
  std::error_code error;
  auto whole = std::filesystem::absolute(path, error);
  if (error) return fail(Cause::InvalidInput, "{}: {}", path.string(), error.message());
  return whole.lexically_normal();
}

Status update_schema(const Store& store, Database& database) {
  const auto version = schema_version(database);
  if (!version) return failed(version);
  if (*version < schema_steps().size()) {
    if (database.read_only() || ::access(store.folder().c_str(), W_OK | X_OK) != 0) {
      return fail(Cause::InvalidInput,
                  "{}: is of schema version {}; somebody who may write to it must open it once with this program",
                  database.path().string(), *version);
    }
    const auto held = held_lock(store.folder() / "locks");
    if (!held) return failed(held);
    if (*held) {
      return fail(
          Cause::Storage,
          "{}: must be updated from schema version {}, but a worker of the older Quantrail still runs; stop it first",
          database.path().string(), *version);
    }
  }
  const auto backup = store.folder() / fmt::format("{}.v{}-{}", kFileName, *version, store.now_ms());
  return migrate(database, schema_steps(), backup);
}

}  // namespace

Result<std::filesystem::path> store_folder(std::string_view option) {
  if (!option.empty()) return whole_path(option);
  if (const auto set = environment("QUANTRAIL_STORE"); !set.empty()) return whole_path(set);
  // The XDG specification says to ignore relative paths.
  if (const auto data = environment("XDG_DATA_HOME"); data.starts_with('/')) return whole_path(data + "/quantrail");
  if (const auto home = environment("HOME"); !home.empty()) return whole_path(home + "/.local/share/quantrail");
  return fail(Cause::InvalidInput, "no folder for the experiment store: HOME is not set; name one with --store");
}

bool Store::exists(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder / kFileName, ignored);
}

Result<Store> Store::open(const std::filesystem::path& folder, Mode mode, StoreOptions options) {
  const auto whole = whole_path(folder);
  if (!whole) return failed(whole);
  Store store(*whole, std::move(options));
  if (mode == Mode::Create) {
    if (auto made = create_store(store.folder_, store.database_path(), store.options_.connection); !made)
      return failed(made);
  }
  auto database = tracking::connect(store.database_path(), store.options_.connection);
  if (!database) return failed(database);
  if (auto updated = update_schema(store, *database); !updated) return failed(updated);
  if (mode == Mode::Read) return store;
  if (database->read_only()) {
    return fail(Cause::InvalidInput, "{}: no permission to write to the experiment store", database->path().string());
  }
  for (const char* part : {"logs", "models", "locks"}) {
    if (auto made = make_folder(store.folder_ / part); !made) return failed(made);
  }
  return store;
}

Result<Database> Store::connect() const { return tracking::connect(database_path(), options_.connection); }

std::filesystem::path Store::database_path() const { return folder_ / kFileName; }

std::filesystem::path Store::lock_path(std::string_view uid) const {
  return folder_ / "locks" / fmt::format("{}.lock", uid);
}

std::filesystem::path Store::log_path(std::string_view uid) const {
  return folder_ / "logs" / fmt::format("{}.log", uid);
}

}  // namespace quantrail::tracking
