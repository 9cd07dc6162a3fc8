#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "tracking/database.h"

namespace quantrail::tracking {

/// Who owns a run: one attempt of a worker. Attempt ids only ever grow, so they serve as fencing tokens.
struct Ownership {
  std::int64_t run = 0;
  std::int64_t attempt = 0;
  bool operator==(const Ownership&) const = default;
};

/// The first statement of every write transaction of a worker: counts as a sign of life, and holds off everybody else
/// until the commit. Errors: Owned when the run was taken over, so that a worker that was frozen writes nothing more.
[[nodiscard]] Status confirm(Database& database, const Ownership& owner, std::int64_t now_ms);

/// Ends the attempt as `end` ("done", "failed", "interrupted"): nobody owns the run any more, and what it was still
/// asked is answered. Precondition: confirm() in the same transaction.
[[nodiscard]] Status give_up(Database& database, const Ownership& owner, std::string_view end, std::string_view reason,
                             std::int64_t now_ms);

}  // namespace quantrail::tracking
