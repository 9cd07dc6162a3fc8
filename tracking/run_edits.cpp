#include <algorithm>

#include "base/text.h"
#include "tracking/run_names.h"
#include "tracking/runs.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

/// One UPDATE of the run's row. Errors: InvalidInput when there is none.
Status update(Database& database, std::int64_t id, std::string_view sql, std::initializer_list<Value> values) {
  if (auto done = run(database, sql, values); !done) return done;
  if (database.changes() == 0) return fail(Cause::InvalidInput, "there is no run {}", id);
  return {};
}

Result<std::string> note_of(Database& database, std::int64_t id) {
  std::string note;
  const auto read =
      each_row(database, "SELECT note FROM runs WHERE id = ?1", {id}, [&](const Row& row) { note = row.text(0); });
  if (!read) return failed(read);
  return note;
}

}  // namespace

Status Runs::rename(std::int64_t id, std::string_view name) {
  if (auto checked = check_run_name(name); !checked) return checked;
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  const auto holder = first_integer(database_, "SELECT id FROM runs WHERE name = ?1", {name});
  if (!holder) return failed(holder);
  if (holder->value_or(id) != id) {
    return fail(Cause::InvalidInput, "the name {} is taken by run {}", printable(name), **holder);
  }
  if (auto done = update(database_, id, "UPDATE runs SET name = ?2 WHERE id = ?1", {id, name}); !done) return done;
  return transaction->commit();
}

Status Runs::set_note(std::int64_t id, std::string_view note, const std::optional<std::string>& expected) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  if (expected) {
    const auto now = note_of(database_, id);
    if (!now) return failed(now);
    if (*now != *expected) return fail(Cause::InvalidInput, "the note on run {} was changed meanwhile", id);
  }
  if (auto done = update(database_, id, "UPDATE runs SET note = ?2 WHERE id = ?1", {id, note}); !done) return done;
  return transaction->commit();
}

Status Runs::star(std::int64_t id, bool starred) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto done = update(database_, id, "UPDATE runs SET starred = ?2 WHERE id = ?1", {id, std::int64_t{starred}});
  return done ? transaction->commit() : done;
}

Result<bool> Runs::tag(std::int64_t id, std::string_view tag) {
  if (auto checked = check_tag(tag); !checked) return failed(checked);
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  const auto known = first_integer(database_, "SELECT 1 FROM runs WHERE id = ?1", {id});
  if (!known) return failed(known);
  if (!*known) return fail(Cause::InvalidInput, "there is no run {}", id);
  auto done = run(database_, "INSERT OR IGNORE INTO run_tags(run_id, tag) VALUES(?1, ?2)", {id, tag});
  if (!done) return failed(done);
  const bool added = database_.changes() > 0;
  if (done = transaction->commit(); !done) return failed(done);
  return added;
}

Result<bool> Runs::untag(std::int64_t id, std::string_view tag) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto done = run(database_, "DELETE FROM run_tags WHERE run_id = ?1 AND tag = ?2", {id, tag});
  if (!done) return failed(done);
  const bool removed = database_.changes() > 0;
  if (done = transaction->commit(); !done) return failed(done);
  return removed;
}

Result<std::int64_t> Runs::relink(const Digest& model, const std::filesystem::path& path) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto done = run(database_, "UPDATE runs SET model_path = ?2 WHERE model_hash = ?1",
                  {model.bytes, std::string_view(path.native())});
  if (!done) return failed(done);
  const auto runs = database_.changes();
  if (done = transaction->commit(); !done) return failed(done);
  return runs;
}

Status Runs::warn(std::int64_t id, std::string_view text) {
  return run(database_, "INSERT INTO events(run_id, at_ms, level, text) VALUES(?1, ?2, 'warning', ?3)",
             {id, store_.now_ms(), text});
}

Status Runs::trash(std::span<const std::int64_t> ids) {
  std::vector<std::int64_t> latest_attempts;
  for (const auto id : ids) {
    const auto attempt = first_integer(database_, "SELECT MAX(id) FROM attempts WHERE run_id = ?1", {id});
    if (!attempt) return failed(attempt);
    latest_attempts.push_back(attempt->value_or(0));
    const auto now = summary(id);
    if (!now) return failed(now);
    if (now->trashed_ms) return fail(Cause::InvalidInput, "run {} ({}) is in the trash already", id, now->name);
    if (now->state == RunState::Stopping)
      return fail(Cause::InvalidInput, "run {} ({}) has not stopped yet", id, now->name);
    if (now->owned) {
      return fail(Cause::InvalidInput, "run {} ({}) is {}: stop it first", id, now->name, name_of(now->state));
    }
  }
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  const auto latest = first_integer(database_, "SELECT MAX(trash) FROM runs");
  if (!latest) return failed(latest);
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const auto id = ids[at];
    // A worker may have come meanwhile; whoever has a run keeps it.
    auto done = run(database_,
                    "UPDATE runs SET trash = ?2, trashed_ms = ?3 WHERE id = ?1 AND trash IS NULL AND NOT EXISTS "
                    "(SELECT 1 FROM attempts WHERE run_id = ?1 AND id > ?4)",
                    {id, latest->value_or(0) + 1, store_.now_ms(), latest_attempts[at]});
    if (!done) return done;
    if (database_.changes() == 0) return fail(Cause::Owned, "run {} was taken up by a worker meanwhile", id);
  }
  return transaction->commit();
}

Result<std::vector<std::string>> Runs::restore(std::optional<std::int64_t> id) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  const Value one = id ? Value(*id) : Value(nullptr);
  constexpr std::string_view kWhich =
      "trash IS NOT NULL AND CASE WHEN ?1 IS NULL THEN trash = (SELECT MAX(trash) FROM runs) ELSE id = ?1 END";
  std::vector<std::string> names;
  auto done = each_row(database_, fmt::format("SELECT name FROM runs WHERE {} ORDER BY id", kWhich), {one},
                       [&](const Row& row) { names.push_back(row.text(0)); });
  if (!done) return failed(done);
  if (names.empty()) {
    if (id) return fail(Cause::InvalidInput, "run {} is not in the trash", *id);
    return fail(Cause::InvalidInput, "the trash is empty: there is no removal to undo");
  }
  done = run(database_, fmt::format("UPDATE runs SET trash = NULL, trashed_ms = NULL WHERE {}", kWhich), {one});
  if (!done) return failed(done);
  if (done = transaction->commit(); !done) return failed(done);
  return names;
}

}  // namespace quantrail::tracking
