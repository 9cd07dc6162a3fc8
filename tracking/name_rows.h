#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "run/records.h"
#include "tracking/database.h"
#include "tracking/name_lists.h"

namespace quantrail::tracking {

// The names of iterations as rows: a run's names once (run_names), and of each iteration what differs from the one
// before.

/// Fills the four lists of `iterations`, which are consecutive ones of the run. Errors: Storage when they are damaged.
[[nodiscard]] Status read_names(Database& database, std::int64_t run, std::vector<IterationRecord>& iterations);

/// The bytes for `iteration`, which comes next in the run; names that are new to the run are inserted.
[[nodiscard]] Result<std::vector<std::uint8_t>> inserted_names(Database& database, std::int64_t run,
                                                               const IterationRecord& iteration);

}  // namespace quantrail::tracking
