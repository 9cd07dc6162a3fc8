#include "tracking/ownership.h"

#include "tracking/statement.h"

namespace quantrail::tracking {

Status confirm(Database& database, const Ownership& owner, std::int64_t now_ms) {
  auto updated = run(database, "UPDATE leases SET beat = beat + 1, beat_ms = ?3 WHERE run_id = ?1 AND attempt_id = ?2",
                     {owner.run, owner.attempt, now_ms});
  if (!updated) return updated;
  if (database.changes() == 1) return {};
  return fail(Cause::Owned, "another worker owns run {} now (attempt {} lost it)", owner.run, owner.attempt);
}

}  // namespace quantrail::tracking
