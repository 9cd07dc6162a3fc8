#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tracking/database.h"
#include "tracking/runs.h"
#include "tracking/store.h"

namespace quantrail::tracking {

// Runs as rows; all reads want to be inside one transaction.

/// One run, or all of these, newest first, in the state that they are in now.
[[nodiscard]] Result<std::vector<RunSummary>> read_summaries(Database& database, const Store& store,
                                                             std::optional<std::int64_t> run, Listed which);
/// Everything but the summary. Precondition: the run exists.
[[nodiscard]] Result<RunDetails> read_details(Database& database, std::int64_t run);
[[nodiscard]] Result<std::vector<EventRecord>> read_events(Database& database, std::int64_t run, std::int64_t after);
/// Nothing for a run that is done, whatever a killed worker left.
[[nodiscard]] Result<std::optional<LeaseRecord>> read_lease(Database& database, std::int64_t run);

}  // namespace quantrail::tracking
