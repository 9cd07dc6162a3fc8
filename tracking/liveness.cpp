#include "tracking/liveness.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"

namespace quantrail::tracking {
namespace {

bool same_boot(const WorkerIdentity& worker, const Host& host) {
  if (worker.boot_id != host.boot_id) return false;
  return !host.boot_id.empty() || worker.host == host.name;
}

Verdict killed(const WorkerIdentity& worker) {
  return {Liveness::Dead, fmt::format("the worker (process {}) was killed or crashed", worker.pid)};
}

/// Without its lock file only the process list is left, which names processes of this container.
Verdict by_process(const WorkerIdentity& worker, const Host& host) {
  if (worker.host != host.name)
    return {Liveness::Unknown, fmt::format("the worker on {} has no lock file", printable(worker.host))};
  if (host.process_start(worker.pid) == worker.pid_start) return {Liveness::Alive, {}};
  return killed(worker);
}

Verdict by_news(const WorkerIdentity& worker, const Host& host) {
  const std::int64_t silent_ms = host.now_ms() - worker.beat_ms;
  if (std::abs(silent_ms) <= kNewsMs) return {Liveness::Alive, {}};
  return {Liveness::Unknown, fmt::format("no news from its worker on {}", printable(worker.host))};
}

}  // namespace

Verdict judged(const WorkerIdentity& worker, const Host& host, LockState lock) {
  if (lock == LockState::Held) return {Liveness::Alive, {}};
  if (same_boot(worker, host)) return lock == LockState::Free ? killed(worker) : by_process(worker, host);
  if (worker.host == host.name) return {Liveness::Dead, "the machine was restarted"};
  return by_news(worker, host);
}

}  // namespace quantrail::tracking
