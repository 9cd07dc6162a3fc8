#pragma once

#include <string>

#include "tracking/database.h"
#include "tracking/ownership.h"

namespace quantrail::tracking {

/// What numbers depend on and differs between where the run's record was begun and the owner's attempt: the library,
/// the instruction set, the revision of the numerics. "instruction_set \"avx2\" instead of \"avx512_vnni\""; empty when
/// nothing differs. Errors: those of the store.
[[nodiscard]] Result<std::string> environment_difference(Database& database, const Ownership& owner);

}  // namespace quantrail::tracking
