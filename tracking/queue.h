#pragma once

#include <string>
#include <vector>

#include "tracking/runs.h"

namespace quantrail::tracking {

/// Why the queued run `id` may not begin yet, for people; empty: it may. `runs`: all of the store, of one moment.
///
/// start_after: that run must have ended, however it did; while its worker on another machine gives no news it has not,
/// and the reason says how to end that. start_below N: fewer than N runs may be at work, or paused;
/// of several that wait for their turn the one created first goes first.
[[nodiscard]] std::string reason_to_wait(std::int64_t id, const std::vector<RunSummary>& runs);

}  // namespace quantrail::tracking
