#include "tracking/recorder.h"

#include <optional>

#include "base/fail_point.h"
#include "base/text.h"
#include "tracking/environment_difference.h"
#include "tracking/record_difference.h"
#include "tracking/record_rows.h"
#include "tracking/run_state.h"
#include "tracking/runs.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

/// Success when the record is there and equal, an error when it differs, nothing when it is not there.
template <class Record>
std::optional<Status> compared(Database& database, const Ownership& owner, const Record* stored, const Record& now,
                               std::string_view what) {
  if (stored == nullptr) return std::nullopt;
  const auto differs = difference(*stored, now);
  if (!differs) return Status();
  const std::string cause = environment_difference(database, owner).value_or("");
  return fail(Cause::Storage,
              "{} of run {} differs from its record ({}){}{}; the run cannot be continued here; `quantrail run "
              "--from {}` begins a new one with its settings",
              what, owner.run, *differs, cause.empty() ? "" : ", with ", cause, owner.run);
}

template <class Record>
const Record* first(const std::vector<Record>& records) {
  return records.empty() ? nullptr : &records.front();
}

template <class Record>
const Record* first(const std::optional<Record>& record) {
  return record ? &*record : nullptr;
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Warning: return "warning";
    case Level::Error: return "error";
    case Level::Info: break;
  }
  return "info";
}

Result<std::unique_ptr<Recorder>> Recorder::open(const Store& store, const Ownership& owner) {
  auto database = store.connect();
  if (!database) return failed(database);
  return std::unique_ptr<Recorder>(new Recorder(store, owner, std::move(*database)));
}

Status Recorder::write(const std::function<Status()>& statements) {
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  if (auto confirmed = confirm(database_, owner_, store_.now_ms()); !confirmed) return confirmed;
  if (auto done = statements(); !done) return done;
  return transaction->commit();
}

Status Recorder::baseline(const Baseline& baseline) {
  const auto stored = read_baseline(database_, owner_.run);
  if (!stored) return failed(stored);
  if (auto known = compared(database_, owner_, first(*stored), baseline, "the baseline")) return *known;
  return write([&] { return insert_baseline(database_, owner_.run, baseline); });
}

Status Recorder::ranking(const RankingRecord& ranking) {
  const auto stored = read_rankings(database_, owner_.run, ranking.index, ranking.index);
  if (!stored) return failed(stored);
  if (auto known = compared(database_, owner_, first(*stored), ranking, fmt::format("ranking {}", ranking.index)))
    return *known;
  return write([&] { return insert_ranking(database_, owner_.run, ranking, store_.now_ms()); });
}

Status Recorder::iteration(const IterationRecord& iteration) {
  const auto stored = read_iterations(database_, owner_.run, iteration.index, iteration.index);
  if (!stored) return failed(stored);
  if (auto known = compared(database_, owner_, first(*stored), iteration, fmt::format("iteration {}", iteration.index)))
    return *known;
  return write([&] { return insert_iteration(database_, owner_.run, owner_.attempt, iteration, store_.now_ms()); });
}

Status Recorder::finished(const RunResult& result) {
  const auto stored = read_result(database_, owner_.run);
  if (!stored) return failed(stored);
  if (auto known = compared(database_, owner_, first(*stored), result, "the result")) return *known;
  // In one transaction: a worker that is killed after it would leave a run that is done and has an owner.
  auto written = write([&] {
    const std::int64_t now_ms = store_.now_ms();
    return insert_result(database_, owner_.run, result, now_ms).and_then([&] {
      return give_up(database_, owner_, name_of(RunState::Done), "", now_ms);
    });
  });
  if (written) fail_point("finished");
  return written;
}

Status Recorder::note(std::string_view text) {
  const auto known = first_integer(
      database_, "SELECT 1 FROM events WHERE run_id = ?1 AND level = 'info' AND text = ?2 LIMIT 1", {owner_.run, text});
  if (!known) return failed(known);
  return *known ? Status() : event(Level::Info, text);
}

Status Recorder::event(Level level, std::string_view text) {
  return write([&] {
    return run(database_, "INSERT INTO events(run_id, at_ms, level, text) VALUES(?1, ?2, ?3, ?4)",
               {owner_.run, store_.now_ms(), name_of(level), text});
  });
}

Status Recorder::data(std::string_view role, const Digest& fingerprint, std::size_t samples) {
  std::optional<Digest> stored;
  const auto read = each_row(database_, "SELECT fingerprint FROM run_data WHERE run_id = ?1 AND role = ?2",
                             {owner_.run, role}, [&](const Row& row) { stored = row.digest(0); });
  if (!read) return read;
  if (stored && *stored != fingerprint) {
    const std::string what =
        role.starts_with(kMetricRole)
            ? fmt::format("the {} is not what run {} began with: its program or files have changed", printable(role),
                          owner_.run)
            : fmt::format(
                  "the {} data are not those that run {} began with: files, labels or preprocessing have changed", role,
                  owner_.run);
    return fail(Cause::InvalidInput, "{}; put them back, or begin a new run with its settings: quantrail run --from {}",
                what, owner_.run);
  }
  if (stored) return {};
  return write([&] {
    return run(database_, "INSERT INTO run_data(run_id, role, fingerprint, samples) VALUES(?1, ?2, ?3, ?4)",
               {owner_.run, role, fingerprint.bytes, static_cast<std::int64_t>(samples)});
  });
}

}  // namespace quantrail::tracking
