#pragma once

#include <vector>

#include "tracking/database.h"
#include "tracking/runs.h"

namespace quantrail::tracking {

/// Requests to a run without an answer, oldest first.
[[nodiscard]] Result<std::vector<Request>> pending_requests(Database& database, std::int64_t run);

}  // namespace quantrail::tracking
