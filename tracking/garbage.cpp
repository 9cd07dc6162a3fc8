#include "tracking/garbage.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/fail_point.h"
#include "base/folders.h"
#include "tracking/lock_file.h"
#include "tracking/statement.h"
#include "tracking/store_create.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<Garbage, std::string_view>, 4> kNames{{{Garbage::Trash, "trash"},
                                                                      {Garbage::Orphans, "orphans"},
                                                                      {Garbage::Answers, "answers"},
                                                                      {Garbage::Backups, "backups"}}};

/// What is younger may belong to a run that is being made.
constexpr auto kYoung = std::chrono::hours(1);

// Quantizations that iterations refer to are part of the record.
constexpr std::string_view kForgettable = "kind <> 'quantization' OR key NOT IN (SELECT quantization FROM iterations)";

// About what the rows of run r hold.
constexpr std::string_view kRowBytes =
    "(SELECT COALESCE(SUM(160 + COALESCE(length(lists), 0)), 0) FROM iterations i WHERE i.run_id = r.id) + "
    "(SELECT COALESCE(SUM(30 + length(name)), 0) FROM iteration_values i WHERE i.run_id = r.id) + "
    "(SELECT COALESCE(SUM(24 + length(name)), 0) FROM iteration_names i WHERE i.run_id = r.id) + "
    "(SELECT COALESCE(SUM(50 + length(group_name)), 0) FROM ranking_scores i WHERE i.run_id = r.id) + "
    "(SELECT COALESCE(SUM(30 + length(layer)), 0) FROM ranking_layers i WHERE i.run_id = r.id) + "
    "(SELECT COALESCE(SUM(30 + length(text)), 0) FROM events i WHERE i.run_id = r.id) + length(r.config) + 300";

/// Of the file, or of all files in the folder; what goes meanwhile counts nothing. Errors: Storage.
Result<std::uint64_t> bytes_below(const fs::path& path) {
  std::error_code error;
  auto files = fs::is_directory(fs::symlink_status(path, error)) ? files_below(path) : std::vector{path};
  if (!files) return failed(files);
  std::uint64_t bytes = 0;
  for (const auto& file : *files) {
    if (!fs::is_regular_file(fs::symlink_status(file, error))) continue;
    const auto size = fs::file_size(file, error);
    if (!error) bytes += size;
  }
  return bytes;
}

bool is_young(const fs::path& path) {
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - changed < kYoung;
}

Result<std::set<std::string>> names_from(Database& database, std::string_view sql) {
  std::set<std::string> names;
  const auto read = each_row(database, sql, {}, [&](const Row& row) { names.insert(row.text(0)); });
  if (!read) return failed(read);
  return names;
}

/// Files and folders of no run.
Result<std::vector<fs::path>> orphans(const Store& store, Database& database) {
  const auto models = names_from(database, "SELECT lower(hex(model_hash)) FROM runs");
  if (!models) return failed(models);
  const auto uids = names_from(database, "SELECT uid FROM runs");
  if (!uids) return failed(uids);
  std::vector<fs::path> found;
  const auto take = [&](const fs::path& path) {
    if (!is_young(path)) found.push_back(path);
  };
  const auto kept = entries(store.models());
  if (!kept) return failed(kept);
  for (const auto& path : *kept) {
    if (!models->contains(path.filename().string())) take(path);
  }
  for (const char* folder : {"logs", "locks"}) {
    const auto of_runs = entries(store.folder() / folder);
    if (!of_runs) return failed(of_runs);
    for (const auto& path : *of_runs) {
      if (!uids->contains(path.stem().string()) && LockFile::probe(path) != LockState::Held) take(path);
    }
  }
  const auto top = entries(store.folder());
  if (!top) return failed(top);
  for (const auto& path : *top) {
    if (path.filename().string().starts_with(".new-")) take(path);
  }
  return found;
}

Result<std::vector<fs::path>> backups(const Store& store) {
  const auto top = entries(store.folder());
  if (!top) return failed(top);
  std::vector<fs::path> found;
  const std::string base = store.database_path().filename().string();
  for (const auto& path : *top) {
    const auto name = path.filename().string();
    if (name.starts_with(base + ".v") || name.starts_with(base + ".damaged-")) found.push_back(path);
  }
  return found;
}

Result<GarbageFound> files(Garbage kind, const Result<std::vector<fs::path>>& paths) {
  if (!paths) return failed(paths);
  GarbageFound found{.kind = kind, .things = static_cast<std::int64_t>(paths->size())};
  for (const auto& path : *paths) {
    const auto bytes = bytes_below(path);
    if (!bytes) return failed(bytes);
    found.bytes += *bytes;
  }
  return found;
}

Result<GarbageFound> rows(Database& database, Garbage kind, std::string_view sql) {
  GarbageFound found{.kind = kind};
  const auto read = each_row(database, sql, {}, [&](const Row& row) {
    found.things += row.integer(0);
    found.bytes += static_cast<std::uint64_t>(row.integer(1));
  });
  if (!read) return failed(read);
  return found;
}

Result<GarbageFound> found_of(const Store& store, Database& database, Garbage kind) {
  switch (kind) {
    case Garbage::Trash:
      return rows(database, kind,
                  fmt::format("SELECT COUNT(*), COALESCE(SUM({}), 0) FROM runs r WHERE trash IS NOT NULL", kRowBytes));
    case Garbage::Answers:
      return rows(database, kind,
                  fmt::format("SELECT COUNT(*), COALESCE(SUM(length(answer)), 0) FROM evaluations UNION ALL "
                              "SELECT COUNT(*), COALESCE(SUM(length(answer)), 0) FROM evaluation_blocks UNION ALL "
                              "SELECT COUNT(*), COALESCE(SUM(length(content)), 0) FROM blobs WHERE {}",
                              kForgettable));
    case Garbage::Backups: return files(kind, backups(store));
    case Garbage::Orphans: break;
  }
  return files(kind, orphans(store, database));
}

Status check_nobody_reads(const Store& store) {
  const auto held = held_lock(store.folder() / "locks");
  if (!held) return failed(held);
  if (!*held) return {};
  return fail(Cause::Owned, "answers stay while a worker is at work ({}); stop it first", (*held)->stem().string());
}

Status delete_rows(Database& database, Garbage kind) {
  if (kind == Garbage::Trash) return run(database, "DELETE FROM runs WHERE trash IS NOT NULL");
  return run(database, "DELETE FROM evaluations")
      .and_then([&] { return run(database, "DELETE FROM evaluation_blocks"); })
      .and_then([&] { return run(database, fmt::format("DELETE FROM blobs WHERE {}", kForgettable)); })
      .and_then([&] { return run(database, "DELETE FROM file_hashes"); });
}

/// Out of the way at once, under a name that nobody looks for; what is large is deleted when nobody waits any more.
std::vector<fs::path> moved_away(const std::vector<fs::path>& paths) {
  std::vector<fs::path> moved;
  std::error_code error;
  for (const auto& path : paths) {
    const auto to = path.parent_path() / fmt::format(".new-gone-{}", random_id());
    fs::rename(path, to, error);
    if (!error) moved.push_back(to);
  }
  return moved;
}

using Kinds = std::span<const Garbage>;

bool asked(Kinds kinds, Garbage kind) { return std::find(kinds.begin(), kinds.end(), kind) != kinds.end(); }

/// Whoever makes a run, or takes one up, waits meanwhile.
Status collect_rows(const Store& store, Database& database, Kinds kinds, Collected& done) {
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction);
  if (asked(kinds, Garbage::Answers)) {
    if (auto nobody = check_nobody_reads(store); !nobody) return nobody;
  }
  for (const Garbage kind : {Garbage::Trash, Garbage::Answers}) {
    if (!asked(kinds, kind)) continue;
    const auto found = found_of(store, database, kind);
    if (!found) return failed(found);
    done.gone.push_back(*found);
    if (auto deleted = delete_rows(database, kind); !deleted) return deleted;
  }
  return transaction->commit();
}

/// In a transaction, since a new run may have made sure of a model that was nobody's a moment ago: it is either known
/// by now, or looks for its model again afterwards.
Result<std::vector<fs::path>> moved_files(const Store& store, Database& database, Kinds kinds, Collected& done) {
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction);
  std::vector<fs::path> paths;
  for (const Garbage kind : {Garbage::Orphans, Garbage::Backups}) {
    if (!asked(kinds, kind)) continue;
    const auto found = kind == Garbage::Orphans ? orphans(store, database) : backups(store);
    const auto sum = files(kind, found);
    if (!sum) return failed(sum);
    done.gone.push_back(*sum);
    paths.insert(paths.end(), found->begin(), found->end());
  }
  auto moved = moved_away(paths);
  fail_point("garbage_moved");
  return moved;
}

}  // namespace

std::string_view name_of(Garbage kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

std::optional<Garbage> garbage(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::span<const Garbage> all_garbage() {
  static constexpr std::array kAll{Garbage::Trash, Garbage::Orphans, Garbage::Answers, Garbage::Backups};
  return kAll;
}

Result<std::vector<GarbageFound>> found_garbage(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::vector<GarbageFound> all;
  for (const Garbage kind : all_garbage()) {
    const auto found = found_of(store, *database, kind);
    if (!found) return failed(found);
    all.push_back(*found);
  }
  return all;
}

Result<Collected> collected(const Store& store, std::span<const Garbage> kinds) {
  auto database = store.connect();
  if (!database) return failed(database);
  const auto before = bytes_below(store.folder());
  if (!before) return failed(before);
  Collected done{.bytes_before = *before};
  if (auto deleted = collect_rows(store, *database, kinds, done); !deleted) return failed(deleted);
  const auto gone = moved_files(store, *database, kinds, done);
  if (!gone) return failed(gone);
  std::error_code error;
  for (const auto& path : *gone) fs::remove_all(path, error);
  if (auto compacted = run(*database, "VACUUM"); !compacted) done.not_compacted = compacted.error();
  const auto after = bytes_below(store.folder());
  if (!after) return failed(after);
  done.bytes_after = *after;
  return done;
}

Result<std::vector<DiskUse>> disk_use(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::vector<DiskUse> all;
  std::map<std::string, std::vector<std::size_t>> by_model;
  std::vector<fs::path> logs;
  const auto read = each_row(
      *database, fmt::format("SELECT r.id, r.name, r.uid, lower(hex(r.model_hash)), {} FROM runs r", kRowBytes), {},
      [&](const Row& row) {
        by_model[row.text(3)].push_back(all.size());
        logs.push_back(store.log_path(row.text(2)));
        all.push_back(
            {.run = row.integer(0), .name = row.text(1), .own_bytes = static_cast<std::uint64_t>(row.integer(4))});
      });
  if (!read) return failed(read);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto bytes = bytes_below(logs[at]);
    if (!bytes) return failed(bytes);
    all[at].own_bytes += *bytes;
  }
  for (const auto& [hash, runs] : by_model) {
    const auto bytes = bytes_below(store.models() / hash);
    if (!bytes) return failed(bytes);
    for (const auto run : runs) (runs.size() == 1 ? all[run].own_bytes : all[run].shared_bytes) += *bytes;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const DiskUse& a, const DiskUse& b) { return a.own_bytes > b.own_bytes; });
  return all;
}

}  // namespace quantrail::tracking
