#pragma once

#include <cstdint>

#include "tracking/store.h"

namespace quantrail::app {

/// Runs what the run's --notify says in a shell, in the folder in which the run was started, once a worker of the run
/// has ended and that is in the store. The shell knows QUANTRAIL_RUN (its id), _NAME, _STATE, _OUTCOME, _REASON,
/// _METRIC, _BEST, _DROP and _STORE, and writes where the worker writes. Waits for it for a minute. Where it fails, the
/// run's log has a warning; nothing else changes.
void notify_end(const tracking::Store& store, std::int64_t id);

}  // namespace quantrail::app
