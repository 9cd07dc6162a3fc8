#pragma once

#include <cstdint>

#include "tracking/store.h"

namespace quantrail::app {

/// Runs what the run's --notify says in a shell, once a worker of the run has ended and that is in the store. The shell
/// knows QUANTRAIL_RUN (its id), _NAME, _STATE, _OUTCOME, _REASON, _METRIC, _BEST, _DROP and _STORE, and writes where
/// the worker writes. Waits for it for a minute; what becomes of it changes nothing.
void notify_end(const tracking::Store& store, std::int64_t id);

}  // namespace quantrail::app
