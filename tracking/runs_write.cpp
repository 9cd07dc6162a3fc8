#include "tracking/run_names.h"
#include "tracking/runs.h"
#include "tracking/statement.h"
#include "tracking/store_create.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

Result<std::string> free_name(Database& database, const std::string& wished) {
  std::string name = wished;
  for (int number = 2;; ++number) {
    const auto taken = first_integer(database, "SELECT 1 FROM runs WHERE name = ?1", {std::string_view(name)});
    if (!taken) return failed(taken);
    if (!*taken) return name;
    name = numbered_name(wished, number);
  }
}

Value optional_value(const std::optional<std::int64_t>& value) { return value ? Value(*value) : Value(nullptr); }

/// An open wish that `verb` is the opposite of is none any more.
Status taken_back(Database& database, std::int64_t run_id, Verb verb, std::int64_t now_ms) {
  if (verb == Verb::Stop) return {};
  const Verb opposite = verb == Verb::Pause ? Verb::Continue : Verb::Pause;
  return run(
      database,
      "UPDATE requests SET answer = 'taken back', answered_ms = ?3 WHERE run_id = ?1 AND verb = ?2 AND answer IS "
      "NULL",
      {run_id, name_of(opposite), now_ms});
}

Digest digest_of(const std::string& text) { return sha256(std::as_bytes(std::span(text))); }

}  // namespace

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::Pause: return "pause";
    case Verb::Continue: return "continue";
    case Verb::Stop: break;
  }
  return "stop";
}

Result<CreatedRun> Runs::create(const RunSpec& spec) {
  const std::string wished = spec.name.empty() ? run_name_from(spec.model_name) : spec.name;
  if (auto checked = check_run_name(wished); !checked) return failed(checked);
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto name = free_name(database_, wished);
  if (!name) return failed(name);
  CreatedRun created{.uid = random_id(), .name = std::move(*name)};
  auto inserted =
      run(database_,
          "INSERT INTO runs(uid, name, parent_run, parent_iteration, config, config_digest, model_name, model_path, "
          "model_hash, created_ms, start_after, start_below, notify, origins, notify_folder) "
          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
          {std::string_view(created.uid), std::string_view(created.name), optional_value(spec.parent_run),
           optional_value(spec.parent_iteration), std::string_view(spec.config_json), digest_of(spec.config_json).bytes,
           std::string_view(spec.model_name), std::string_view(spec.model_path.native()), spec.model_hash.bytes,
           store_.now_ms(), optional_value(spec.start_after), optional_value(spec.start_below),
           std::string_view(spec.notify), std::string_view(spec.origins_json),
           std::string_view(spec.notify_folder.native())});
  if (!inserted) return failed(inserted, "new run");
  created.id = database_.last_insert_id();
  for (const auto& tag : spec.tags) {
    if (auto checked = check_tag(tag); !checked) return failed(checked);
    auto tagged = run(database_, "INSERT OR IGNORE INTO run_tags(run_id, tag) VALUES(?1, ?2)",
                      {created.id, std::string_view(tag)});
    if (!tagged) return failed(tagged, "new run");
  }
  if (auto committed = transaction->commit(); !committed) return failed(committed);
  return created;
}

Result<std::int64_t> Runs::request(std::int64_t run_id, Verb verb) {
  const auto run_now = summary(run_id);
  if (!run_now) return failed(run_now);
  if (!run_now->owned) {
    return fail(Cause::InvalidInput, "run {} ({}) is {}: there is no worker to {}", run_id, run_now->name,
                name_of(run_now->state), name_of(verb));
  }
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  auto asked = taken_back(database_, run_id, verb, store_.now_ms());
  if (!asked) return failed(asked);
  asked = run(database_,
              "INSERT INTO requests(run_id, verb, created_ms) VALUES(?1, ?2, ?3) ON CONFLICT(run_id, verb) WHERE "
              "answer IS NULL "
              "DO NOTHING",
              {run_id, name_of(verb), store_.now_ms()});
  if (!asked) return failed(asked);
  if (verb == Verb::Stop) {
    asked =
        run(database_, "UPDATE runs SET state = 'stopping' WHERE id = ?1 AND state IN ('running', 'paused')", {run_id});
    if (!asked) return failed(asked);
  }
  const auto id = first_integer(database_, "SELECT id FROM requests WHERE run_id = ?1 AND verb = ?2 AND answer IS NULL",
                                {run_id, name_of(verb)});
  if (!id) return failed(id);
  if (auto committed = transaction->commit(); !committed) return failed(committed);
  return id->value_or(0);
}

}  // namespace quantrail::tracking
