#include "tracking/lease.h"

#include "base/text.h"
#include "tracking/heartbeat.h"
#include "tracking/requests.h"
#include "tracking/run_rows.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

struct RunToOwn {
  std::string uid{};
  RunState state = RunState::Queued;
  bool trashed = false;
};

Result<RunToOwn> read_run(Database& database, std::int64_t run_id) {
  std::optional<RunToOwn> found;
  const auto read =
      each_row(database, "SELECT uid, state, trash IS NOT NULL FROM runs WHERE id = ?1", {run_id}, [&](const Row& row) {
        found = RunToOwn{row.text(0), run_state(row.text(1)).value_or(RunState::Unknown), row.integer(2) != 0};
      });
  if (!read) return failed(read);
  if (!found) return fail(Cause::InvalidInput, "there is no run {} in {}", run_id, database.path().string());
  return *found;
}

tl::unexpected<Error> owned(std::int64_t run_id, const std::optional<LeaseRecord>& lease) {
  if (!lease) return fail(Cause::Owned, "another worker is taking run {} over", run_id);
  return fail(Cause::Owned, "run {} belongs to the worker on {}, process {}", run_id, printable(lease->worker.host),
              lease->worker.pid);
}

/// Why the worker that left `lease` is out of the way; empty when there was none. Errors: Owned when it is not.
Result<std::string> reason_to_take(const Store& store, std::int64_t run_id, const std::optional<LeaseRecord>& lease,
                                   LockState lock_before, bool take_over_silent) {
  if (!lease) return std::string();
  Verdict verdict = judged(lease->worker, store.host(), lock_before);
  if (verdict.liveness == Liveness::Alive) return owned(run_id, lease);
  if (verdict.liveness == Liveness::Unknown && !take_over_silent) {
    return fail(Cause::Owned, "run {}: {}, which may still be at work; `quantrail resume {} --take-over` takes over",
                run_id, verdict.reason, run_id);
  }
  return std::move(verdict.reason);
}

/// Closes what a dead worker left open.
Status bury(Database& database, std::int64_t run_id, const LeaseRecord& lease, const std::string& reason,
            std::int64_t now_ms) {
  return run(database,
             "UPDATE attempts SET ended_ms = ?2, ended_as = 'lost', reason = ?3 WHERE id = ?1 AND ended_ms IS NULL",
             {lease.attempt, now_ms, std::string_view(reason)})
      .and_then([&] {
        return run(database, "INSERT INTO events(run_id, at_ms, level, text) VALUES(?1, ?2, 'warning', ?3)",
                   {run_id, now_ms, std::string_view(reason)});
      })
      .and_then([&] { return run(database, "DELETE FROM leases WHERE run_id = ?1", {run_id}); });
}

Result<Ownership> begin_attempt(Database& database, const Store& store, std::int64_t run_id,
                                const LeaseOptions& options) {
  const Host& host = store.host();
  const std::int64_t now_ms = store.now_ms();
  auto begun = run(database,
                   "INSERT INTO attempts(run_id, host, boot_id, pid, pid_start, environment, log_path, started_ms) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   {run_id, std::string_view(host.name), std::string_view(host.boot_id), host.pid,
                    host.process_start(host.pid).value_or(0), std::string_view(options.environment_json),
                    std::string_view(options.log_path), now_ms});
  if (!begun) return failed(begun);
  const Ownership owner{.run = run_id, .attempt = database.last_insert_id()};
  begun = run(database, "INSERT INTO leases(run_id, attempt_id, beat_ms) VALUES(?1, ?2, ?3)",
              {owner.run, owner.attempt, now_ms});
  if (!begun) return failed(begun);
  begun = run(database,
              "UPDATE runs SET state = ?3, reason = '', started_ms = COALESCE(started_ms, ?2), ended_ms = NULL "
              "WHERE id = ?1",
              {run_id, now_ms, name_of(options.waiting ? RunState::Queued : RunState::Running)});
  if (!begun) return failed(begun);
  return owner;
}

/// Makes this process the run's worker, in one transaction. Precondition: it holds the run's lock.
Result<Ownership> succeed(Database& database, const Store& store, std::int64_t run_id, LockState lock_before,
                          const LeaseOptions& options) {
  auto transaction = Transaction::write(database);
  if (!transaction) return failed(transaction);
  const auto lease = read_lease(database, run_id);
  if (!lease) return failed(lease);
  const auto reason = reason_to_take(store, run_id, *lease, lock_before, options.take_over_silent);
  if (!reason) return failed(reason);
  const auto wanted = read_run(database, run_id);
  if (!wanted) return failed(wanted);
  if (wanted->trashed) {
    return fail(Cause::InvalidInput, "run {} is in the trash; `quantrail undo {}` takes it out", run_id, run_id);
  }
  if (wanted->state == RunState::Done) {
    return fail(Cause::InvalidInput, "run {} is done: there is nothing to continue", run_id);
  }
  Status cleaned = answer_pending(database, run_id, "the worker was gone", store.now_ms());
  if (cleaned && *lease) cleaned = bury(database, run_id, **lease, *reason, store.now_ms());
  if (!cleaned) return failed(cleaned);
  const auto owner = begin_attempt(database, store, run_id, options);
  if (!owner) return owner;
  if (auto committed = transaction->commit(); !committed) return failed(committed);
  return owner;
}

}  // namespace

Result<std::unique_ptr<Lease>> Lease::acquire(const Store& store, std::int64_t run_id, LeaseOptions options) {
  auto database = store.connect();
  if (!database) return failed(database);
  const auto wanted = read_run(*database, run_id);
  if (!wanted) return failed(wanted);
  const auto lock_path = store.lock_path(wanted->uid);
  // Once the lock is ours, nobody else holds it; only that its file was missing before is still news.
  const LockState before = LockFile::probe(lock_path) == LockState::Missing ? LockState::Missing : LockState::Free;
  auto lock = LockFile::take(lock_path);
  if (!lock) return failed(lock);
  if (!*lock) {
    const auto lease = read_lease(*database, run_id);
    if (!lease) return failed(lease);
    return owned(run_id, *lease);
  }
  const auto owner = succeed(*database, store, run_id, before, options);
  if (!owner) return failed(owner);
  std::unique_ptr<Lease> taken(new Lease(store, *owner, std::move(**lock)));
  taken->heartbeat_ = std::make_unique<Heartbeat>(store, *owner, taken->progress_, std::move(options));
  return taken;
}

Lease::Lease(const Store& store, const Ownership& owner, LockFile lock)
    : store_(store), owner_(owner), lock_(std::move(lock)) {}

Lease::~Lease() = default;

Status Lease::state(RunState state) {
  auto database = store_.connect();
  if (!database) return failed(database);
  auto transaction = Transaction::write(*database);
  if (!transaction) return failed(transaction);
  auto written = confirm(*database, owner_, store_.now_ms()).and_then([&] {
    return run(*database, "UPDATE runs SET state = ?2 WHERE id = ?1 AND state IN ('queued', 'running', 'paused')",
               {owner_.run, name_of(state)});
  });
  return written ? transaction->commit() : written;
}

Status Lease::release(RunState end, std::string_view reason) {
  heartbeat_.reset();
  auto database = store_.connect();
  if (!database) return failed(database);
  auto transaction = Transaction::write(*database);
  if (!transaction) return failed(transaction);
  // The result ended the attempt; and a commit whose very end failed may have been one.
  const auto before = first_integer(*database, "SELECT 1 FROM attempts WHERE id = ?1 AND ended_as IN ('done', ?2)",
                                    {owner_.attempt, name_of(end)});
  if (!before) return failed(before);
  if (*before) {
    lock_.reset();
    return {};
  }
  const std::int64_t now_ms = store_.now_ms();
  auto released = confirm(*database, owner_, now_ms)
                      .and_then([&] { return give_up(*database, owner_, name_of(end), reason, now_ms); })
                      .and_then([&] {
                        return run(*database, "UPDATE runs SET state = ?2, reason = ?3, ended_ms = ?4 WHERE id = ?1",
                                   {owner_.run, name_of(end), reason, now_ms});
                      });
  if (released) released = transaction->commit();
  if (released) lock_.reset();
  return released;
}

}  // namespace quantrail::tracking
