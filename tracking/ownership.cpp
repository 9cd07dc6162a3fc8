#include "tracking/ownership.h"

#include "tracking/requests.h"
#include "tracking/statement.h"

namespace quantrail::tracking {

Status confirm(Database& database, const Ownership& owner, std::int64_t now_ms) {
  auto updated = run(database, "UPDATE leases SET beat = beat + 1, beat_ms = ?3 WHERE run_id = ?1 AND attempt_id = ?2",
                     {owner.run, owner.attempt, now_ms});
  if (!updated) return updated;
  if (database.changes() == 1) return {};
  return fail(Cause::Owned, "another worker owns run {} now (attempt {} lost it)", owner.run, owner.attempt);
}

Status give_up(Database& database, const Ownership& owner, std::string_view end, std::string_view reason,
               std::int64_t now_ms) {
  return run(database, "UPDATE attempts SET ended_ms = ?2, ended_as = ?3, reason = ?4 WHERE id = ?1",
             {owner.attempt, now_ms, end, reason})
      .and_then([&] { return answer_pending(database, owner.run, fmt::format("the run is {}", end), now_ms); })
      .and_then([&] { return run(database, "DELETE FROM leases WHERE run_id = ?1", {owner.run}); });
}

}  // namespace quantrail::tracking
