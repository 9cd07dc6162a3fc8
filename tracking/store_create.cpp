#include "tracking/store_create.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>

#include "base/fail_point.h"
#include "tracking/durable_copy.h"
#include "tracking/migrations.h"
#include "tracking/schema.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

Status fill(const std::filesystem::path& path, const ConnectionOptions& options) {
  auto database = connect_new(path, options);
  if (!database) return failed(database);
  if (auto named = database->execute(fmt::format("PRAGMA application_id={}", kApplicationId)); !named) return named;
  return migrate(*database, schema_steps(), std::nullopt);
}

/// Without replacing: when another process was faster, its store is the store. A link is what file systems without
/// the rename flag have.
Status move_into_place(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0 || errno == EEXIST) return {};
  if (::link(from.c_str(), to.c_str()) == 0 || errno == EEXIST) return {};
  return fail(Cause::Storage, "{}: {}", to.string(), std::strerror(errno));
}

}  // namespace

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(Cause::InvalidInput, "{}: the experiment store cannot be made here: {}", folder.string(),
                error.message());
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return fail(Cause::InvalidInput, "{}: no permission to write to the experiment store: {}", folder.string(),
              std::strerror(errno));
}

std::string random_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

Status create_store(const std::filesystem::path& folder, const std::filesystem::path& database,
                    const ConnectionOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(database, ignored)) return {};
  if (auto made = make_folder(folder); !made) return made;
  const auto half_made = folder / fmt::format(".new-{}.db", random_id());
  auto done = fill(half_made, options);
  fail_point("store_filled");
  if (done) done = move_into_place(half_made, database);
  fail_point("store_made");
  for (const char* suffix : {"", "-journal"}) std::filesystem::remove(half_made.native() + suffix, ignored);
  sync_folder(folder);
  return done;
}

}  // namespace quantrail::tracking
