#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tracking/database.h"
#include "tracking/runs.h"

namespace quantrail::tracking {

/// Requests to a run without an answer, oldest first.
[[nodiscard]] Result<std::vector<Request>> pending_requests(Database& database, std::int64_t run);

/// Answers one of them. Must be inside a write transaction, as the next.
[[nodiscard]] Status answer(Database& database, std::int64_t request, std::string_view text, std::int64_t now_ms);

/// Gives them all the same answer.
[[nodiscard]] Status answer_pending(Database& database, std::int64_t run, std::string_view text, std::int64_t now_ms);

}  // namespace quantrail::tracking
