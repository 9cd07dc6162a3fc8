#include <limits>
#include <string>

#include "tracking/record_rows.h"
#include "tracking/run_rows.h"
#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

constexpr auto kAll = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> optional_integer(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

Result<RunDetails> read_run(Database& database, std::int64_t run) {
  RunDetails details;
  const auto read = each_row(database,
                             "SELECT uid, config, model_path, model_hash, parent_run, parent_iteration, started_ms, "
                             "ended_ms, notify, origins, "
                             "notify_folder FROM runs WHERE id = ?1",
                             {run}, [&](const Row& row) {
                               details = RunDetails{.uid = row.text(0),
                                                    .config_json = row.text(1),
                                                    .origins_json = row.text(9),
                                                    .environment_json = "{}",
                                                    .model_path = row.text(2),
                                                    .model_hash = row.digest(3),
                                                    .parent_run = optional_integer(row, 4),
                                                    .parent_iteration = optional_integer(row, 5),
                                                    .notify = row.text(8),
                                                    .notify_folder = row.text(10),
                                                    .started_ms = optional_integer(row, 6),
                                                    .ended_ms = optional_integer(row, 7)};
                             });
  if (!read) return failed(read);
  return details;
}

Result<std::vector<DataRecord>> read_data(Database& database, std::int64_t run) {
  std::vector<DataRecord> data;
  const auto read =
      each_row(database, "SELECT role, fingerprint, samples FROM run_data WHERE run_id = ?1 ORDER BY role", {run},
               [&](const Row& row) {
                 data.push_back({row.text(0), row.digest(1), row.integer(2)});
               });
  if (!read) return failed(read);
  return data;
}

Result<std::vector<AttemptRecord>> read_attempts(Database& database, std::int64_t run) {
  std::vector<AttemptRecord> attempts;
  const auto read =
      each_row(database,
               "SELECT id, host, pid, started_ms, ended_ms, ended_as, reason, environment, log_path FROM attempts "
               "WHERE run_id = ?1 ORDER BY id",
               {run}, [&](const Row& row) {
                 attempts.push_back({.id = row.integer(0),
                                     .host = row.text(1),
                                     .pid = row.integer(2),
                                     .started_ms = row.integer(3),
                                     .ended_ms = optional_integer(row, 4),
                                     .ended_as = row.text(5),
                                     .reason = row.text(6),
                                     .environment_json = row.text(7),
                                     .log_path = row.text(8)});
               });
  if (!read) return failed(read);
  return attempts;
}

/// When the rows of iterations or rankings were written, in their order.
Result<std::vector<std::int64_t>> read_times(Database& database, const std::string& table, std::int64_t run) {
  std::vector<std::int64_t> times;
  const auto read = each_row(database, "SELECT recorded_ms FROM " + table + " WHERE run_id = ?1 ORDER BY number", {run},
                             [&](const Row& row) { times.push_back(row.integer(0)); });
  if (!read) return failed(read);
  return times;
}

/// Puts what was read into its field, or hands on why it was not.
template <class Value>
Status into(Value& field, Result<Value> value) {
  if (!value) return failed(value);
  field = std::move(*value);
  return {};
}

}  // namespace

Result<std::vector<EventRecord>> read_events(Database& database, std::int64_t run, std::int64_t after) {
  std::vector<EventRecord> events;
  const auto read =
      each_row(database, "SELECT id, at_ms, level, text FROM events WHERE run_id = ?1 AND id > ?2 ORDER BY id",
               {run, after}, [&](const Row& row) {
                 events.push_back({row.integer(0), row.integer(1), row.text(2), row.text(3)});
               });
  if (!read) return failed(read);
  return events;
}

Result<std::optional<LeaseRecord>> read_lease(Database& database, std::int64_t run) {
  std::optional<LeaseRecord> lease;
  const auto read = each_row(
      database,
      "SELECT a.id, a.host, a.boot_id, a.pid, a.pid_start, l.beat_ms, l.beat, l.step, l.unit, l.done, l.total, "
      "l.rate, COALESCE((SELECT q.verb = 'pause' FROM requests q WHERE q.run_id = l.run_id AND q.verb IN ('pause', "
      "'continue') AND q.created_ms >= a.started_ms ORDER BY q.id DESC LIMIT 1), 0) FROM leases l JOIN attempts a ON "
      "a.id = l.attempt_id JOIN runs r ON r.id = l.run_id "
      "WHERE l.run_id = ?1 AND r.state <> 'done'",
      {run}, [&](const Row& row) {
        lease = LeaseRecord{.attempt = row.integer(0),
                            .worker = {.host = row.text(1),
                                       .boot_id = row.text(2),
                                       .pid = row.integer(3),
                                       .pid_start = row.integer(4),
                                       .beat_ms = row.integer(5)},
                            .beat = row.integer(6),
                            .step = row.text(7),
                            .unit = row.text(8),
                            .done = row.integer(9),
                            .total = row.integer(10),
                            .rate = row.real(11),
                            .pause_asked = row.integer(12) != 0};
      });
  if (!read) return failed(read);
  return lease;
}

Result<RunDetails> read_details(Database& database, std::int64_t run) {
  auto details = read_run(database, run);
  if (!details) return details;
  auto read = into(details->baseline, read_baseline(database, run));
  if (read) read = into(details->result, read_result(database, run));
  if (read) read = into(details->data, read_data(database, run));
  if (read) read = into(details->attempts, read_attempts(database, run));
  if (read) read = into(details->iterations, read_iterations(database, run, 0, kAll));
  if (read) read = into(details->iterations_ms, read_times(database, "iterations", run));
  if (read) read = into(details->rankings, read_rankings(database, run, 0, kAll));
  if (read) read = into(details->rankings_ms, read_times(database, "rankings", run));
  if (read) read = into(details->events, read_events(database, run, 0));
  if (read) read = into(details->lease, read_lease(database, run));
  if (!read) return failed(read);
  if (!details->attempts.empty()) details->environment_json = details->attempts.back().environment_json;
  return details;
}

}  // namespace quantrail::tracking
