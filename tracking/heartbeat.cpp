#include "tracking/heartbeat.h"

#include <optional>

#include "tracking/requests.h"
#include "tracking/statement.h"
#include "tracking/transaction.h"

namespace quantrail::tracking {

Heartbeat::Heartbeat(const Store& store, const Ownership& owner, const ProgressMeter& progress, LeaseOptions options)
    : store_(store), owner_(owner), progress_(progress), options_(std::move(options)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { beat_until(stop); });
}

Heartbeat::~Heartbeat() = default;

void Heartbeat::beat_until(const std::stop_token& stop) {
  std::optional<Database> database;
  while (!stop.stop_requested()) {
    if (!database) {
      if (auto opened = store_.connect()) database.emplace(std::move(*opened));
    }
    if (database) {
      const Beat done = due() ? beat(*database) : Beat::Done;
      if (done == Beat::Lost) {
        if (options_.on_lost) options_.on_lost();
        return;
      }
      if (done == Beat::Ended) return;
      tell_requests(*database);
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, options_.period / 2, [] { return false; });
  }
}

bool Heartbeat::due() const {
  constexpr int kIdlePeriods = 3;  // far from what others take for silence
  const auto passed = std::chrono::steady_clock::now() - written_at_;
  return passed >= (progress_.latest() == written_ ? kIdlePeriods : 1) * options_.period;
}

Heartbeat::Beat Heartbeat::beat(Database& database) {
  const Progress now = progress_.latest();
  auto transaction = Transaction::write(database);
  if (!transaction) return Beat::Failed;
  const auto confirmed = confirm(database, owner_, store_.now_ms());
  if (!confirmed) return confirmed.error().cause == Cause::Owned ? without_lease(database) : Beat::Failed;
  const auto written =
      run(database, "UPDATE leases SET step = ?2, unit = ?3, done = ?4, total = ?5, rate = ?6 WHERE run_id = ?1",
          {owner_.run, std::string_view(now.step), std::string_view(now.unit), now.done, now.total, now.rate});
  if (!written || !transaction->commit()) return Beat::Failed;
  written_at_ = std::chrono::steady_clock::now();
  written_ = now;
  return Beat::Done;
}

/// The result ends the attempt before the lease is released.
Heartbeat::Beat Heartbeat::without_lease(Database& database) const {
  const auto done = first_integer(database, "SELECT ended_as = 'done' FROM attempts WHERE id = ?1", {owner_.attempt});
  if (!done) return Beat::Failed;
  return done->value_or(0) != 0 ? Beat::Ended : Beat::Lost;
}

void Heartbeat::tell_requests(Database& database) {
  if (!options_.on_request) return;
  const auto requests = pending_requests(database, owner_.run);
  if (!requests) return;
  for (const Request& request : *requests) {
    if (told_.contains(request.id)) continue;
    const std::string text = options_.on_request(request);
    if (text.empty() || answered(database, request, text)) told_.insert(request.id);
  }
}

bool Heartbeat::answered(Database& database, const Request& request, const std::string& text) {
  auto transaction = Transaction::write(database);
  if (!transaction) return false;
  const std::int64_t now_ms = store_.now_ms();
  const auto stored =
      confirm(database, owner_, now_ms).and_then([&] { return answer(database, request.id, text, now_ms); });
  return stored && transaction->commit();
}

}  // namespace quantrail::tracking
