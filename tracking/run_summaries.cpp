#include <map>
#include <string>

#include "tracking/run_rows.h"
#include "tracking/statement.h"

namespace quantrail::tracking {
namespace {

// A worker of an earlier version that was killed right after the result left its lease on a run that is done.
constexpr const char* kSummaries = R"sql(
SELECT r.id, r.name, r.state, r.reason, r.outcome, r.model_name, r.optimised, f.run_id, f.value, q.run_id, q.value,
  b.run_id, b.value, r.best_drop, r.best,
  COALESCE(i.reverted, (SELECT COUNT(*) FROM iteration_names n WHERE n.run_id = r.id AND n.number = r.best AND
    n.list = 'reverted_layers')),
  r.iterations, r.created_ms, r.uid, a.host, a.boot_id, a.pid, a.pid_start, l.beat_ms,
  i.size_bytes, r.speed_up, r.parent_run, r.start_after, r.start_below, r.starred, r.trashed_ms, r.note,
  EXISTS(SELECT 1 FROM baseline_values t WHERE t.run_id = r.id AND t.kind = 'limit')
FROM runs r
LEFT JOIN baseline_values f ON f.run_id = r.id AND f.kind = 'metric' AND f.name = r.optimised
LEFT JOIN iteration_values q ON q.run_id = r.id AND q.number = 0 AND q.kind = 'metric' AND q.name = r.optimised
LEFT JOIN iteration_values b ON b.run_id = r.id AND b.number = r.best AND b.kind = 'metric' AND b.name = r.optimised
LEFT JOIN iterations i ON i.run_id = r.id AND i.number = r.best
LEFT JOIN leases l ON l.run_id = r.id AND r.state <> 'done'
LEFT JOIN attempts a ON a.id = l.attempt_id
WHERE (?1 IS NULL OR r.id = ?1) AND (?2 IS NULL OR (r.trash IS NOT NULL) = ?2)
ORDER BY r.id DESC)sql";

/// NULL is NaN in a row that is there; without the row nothing was measured.
std::optional<double> measured(const Row& row, int present, int value) {
  if (row.is_null(present)) return std::nullopt;
  return row.real(value);
}

constexpr std::int64_t kTakeUpMs = 60'000;

std::optional<std::int64_t> optional_integer(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

/// Of the worker that has the run; nothing when none has.
std::optional<Verdict> worker_in(const Row& row, const Store& store) {
  if (row.is_null(19)) return std::nullopt;
  const WorkerIdentity worker{.host = row.text(19),
                              .boot_id = row.text(20),
                              .pid = row.integer(21),
                              .pid_start = row.integer(22),
                              .beat_ms = row.integer(23)};
  return judged(worker, store.host(), LockFile::probe(store.lock_path(row.text(18))));
}

StateNow state_in(const Row& row, const Store& store, const std::optional<Verdict>& worker) {
  const StateNow stored{run_state(row.text(2)).value_or(RunState::Unknown), row.text(3)};
  // A worker takes a run up within seconds; one that was killed before leaves no trace but the time.
  const bool forgotten = stored.state == RunState::Queued && !worker && store.now_ms() - row.integer(17) > kTakeUpMs;
  if (forgotten) return {RunState::Interrupted, "no worker took it up"};
  return state_now(stored, worker);
}

RunSummary summary_from(const Row& row, const Store& store) {
  const auto worker = worker_in(row, store);
  const StateNow now = state_in(row, store, worker);
  RunSummary summary{.id = row.integer(0),
                     .name = row.text(1),
                     .state = now.state,
                     .reason = now.reason,
                     .outcome = outcome(row.text(4)),
                     .targeted = row.integer(32) != 0,
                     .model = row.text(5),
                     .metric = row.text(6),
                     .float_metric = measured(row, 7, 8),
                     .quantized = measured(row, 9, 10),
                     .best = measured(row, 11, 12),
                     .reverted = row.integer(15),
                     .iterations = row.integer(16),
                     .created_ms = row.integer(17),
                     .speed_up = row.optional_real(25),
                     .parent = optional_integer(row, 26),
                     .start_after = optional_integer(row, 27),
                     .start_below = optional_integer(row, 28),
                     .owned = worker && worker->liveness != Liveness::Dead,
                     .starred = row.integer(29) != 0,
                     .trashed_ms = optional_integer(row, 30),
                     .note = row.text(31)};
  if (!row.is_null(24)) summary.size_bytes = static_cast<std::uint64_t>(row.integer(24));
  if (!row.is_null(14)) {
    if (summary.best) summary.drop = row.real(13);
    summary.best_iteration = row.integer(14);
  }
  return summary;
}

}  // namespace

Result<std::vector<RunSummary>> read_summaries(Database& database, const Store& store, std::optional<std::int64_t> run,
                                               Listed which) {
  const Value wanted = run ? Value(*run) : Value(nullptr);
  const Value trashed = which == Listed::All ? Value(nullptr) : Value(std::int64_t{which == Listed::Trashed});
  std::vector<RunSummary> summaries;
  std::map<std::int64_t, std::size_t> position;
  auto read = each_row(database, kSummaries, {wanted, trashed}, [&](const Row& row) {
    position[row.integer(0)] = summaries.size();
    summaries.push_back(summary_from(row, store));
  });
  if (!read) return failed(read);
  read = each_row(database, "SELECT run_id, tag FROM run_tags WHERE ?1 IS NULL OR run_id = ?1 ORDER BY run_id, tag",
                  {wanted}, [&](const Row& row) {
                    const auto at = position.find(row.integer(0));
                    if (at != position.end()) summaries[at->second].tags.push_back(row.text(1));
                  });
  if (!read) return failed(read);
  return summaries;
}

}  // namespace quantrail::tracking
