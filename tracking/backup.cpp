#include "tracking/backup.h"

#include <array>
#include <optional>

#include "base/folder_mark.h"
#include "base/folders.h"
#include "tracking/durable_copy.h"
#include "tracking/health.h"
#include "tracking/statement.h"
#include "tracking/store_create.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

Status check_target(const Store& store, const fs::path& to) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(to, error))) {
    return fail(Cause::InvalidInput, "{}: is there already; name a folder that is not", to.string());
  }
  const auto inside = fs::weakly_canonical(to, error).lexically_relative(fs::weakly_canonical(store.folder(), error));
  if (!inside.empty() && *inside.begin() != "..") {
    return fail(Cause::InvalidInput, "{}: lies in the store itself; name a folder outside", to.string());
  }
  return {};
}

/// What goes meanwhile belonged to no run.
Status copy_unless_gone(const fs::path& from, const fs::path& to) {
  std::error_code error;
  auto copied = copy_durably(from, to);
  return copied || fs::exists(from, error) ? copied : Status();
}

Status copy_models(const fs::path& from, const fs::path& to, Backup& backup) {
  const auto models = entries(from);
  if (!models) return failed(models);
  std::error_code error;
  for (const auto& model : *models) {
    if (!fs::is_directory(model, error) || model.filename().string().starts_with('.')) continue;
    const auto files = files_below(model);
    if (!files) return failed(files);
    ++backup.models;
    for (const auto& file : *files) {
      const auto target = to / file.lexically_relative(from);
      fs::create_directories(target.parent_path(), error);
      if (auto copied = copy_unless_gone(file, target); !copied) return copied;
      sync_folder(target.parent_path());
      if (const auto bytes = fs::file_size(target, error); !error) backup.model_bytes += bytes;
    }
  }
  return {};
}

/// What workers printed, as far as they have.
Status copy_logs(const fs::path& from, const fs::path& to) {
  const auto logs = entries(from);
  if (!logs) return failed(logs);
  std::error_code error;
  for (const auto& log : *logs) {
    if (!fs::is_regular_file(fs::symlink_status(log, error))) continue;
    fs::create_directories(to, error);
    if (auto copied = copy_unless_gone(log, to / log.filename()); !copied) return copied;
  }
  sync_folder(to);
  return {};
}

/// What is at work goes on in the original; in the copy nobody is.
Status without_workers(Database& database) {
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction);
  constexpr std::array<std::string_view, 5> kSteps{
      "UPDATE attempts SET ended_ms = started_ms, ended_as = 'done' WHERE ended_ms IS NULL AND run_id IN "
      "(SELECT id FROM runs WHERE state = 'done')",
      "UPDATE attempts SET ended_ms = started_ms, ended_as = 'lost', "
      "reason = 'it went on in the store that this is a copy of' WHERE ended_ms IS NULL",
      "UPDATE runs SET state = 'interrupted', reason = 'a copy was made while it was at work' "
      "WHERE id IN (SELECT run_id FROM leases) AND state <> 'done'",
      "DELETE FROM leases", "DELETE FROM requests WHERE answer IS NULL"};
  for (const auto step : kSteps) {
    if (auto done = run(database, step); !done) return done;
  }
  return transaction->commit();
}

bool no_room(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  return !error && space.available < fs::file_size(file, error);
}

Result<Backup> filled(const Store& store, const fs::path& folder, bool files) {
  Backup backup;
  auto database = store.connect();
  if (!database) return failed(database);
  const auto copy = folder / store.database_path().filename();
  auto done = run(*database, "VACUUM INTO ?1", {std::string_view(copy.native())});
  if (!done && done.error().cause == Cause::Blocked && no_room(folder, store.database_path()))
    return fail(Cause::Blocked, "{}: no space left for the copy", folder.parent_path().string());
  if (!done) return failed(done, "backup");
  backup.database_bytes = fs::file_size(copy);
  if (files) done = copy_models(store.models(), folder / "models", backup);
  if (done && files) done = copy_logs(store.folder() / "logs", folder / "logs");
  if (!done) return failed(done);
  const auto made = Store::open(folder, Store::Mode::Write);
  if (!made) return failed(made, "the copy");
  auto copied = made->connect();
  if (!copied) return failed(copied, "the copy");
  done = without_workers(*copied);
  if (done) done = checked(*made);
  if (!done) return failed(done, "the copy");
  return backup;
}

}  // namespace

Result<Backup> back_up(const Store& store, const fs::path& to, bool files) {
  if (auto free = check_target(store, to); !free) return failed(free);
  const auto parent = fs::absolute(to).parent_path();
  const auto half_made = parent / fmt::format(".{}.new-{}", to.filename().string(), random_id());
  remove_abandoned(parent, fmt::format(".{}.new-", to.filename().string()));
  std::error_code error;
  if (!fs::create_directory(half_made, error))
    return fail(Cause::InvalidInput, "{}: {}", half_made.string(), error.message());
  std::optional<FolderMark> mark(half_made);
  auto backup = filled(store, half_made, files);
  mark.reset();
  if (backup) {
    sync_folder(half_made);
    fs::rename(half_made, to, error);
    if (error) backup = fail(Cause::Storage, "{}: {}", to.string(), error.message());
    sync_folder(parent);
  }
  if (!backup) fs::remove_all(half_made, error);
  return backup;
}

}  // namespace quantrail::tracking
