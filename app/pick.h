#pragma once

#include <cstdint>
#include <string_view>

#include "tracking/runs.h"

namespace quantrail::app {

/// The iteration that `which` means: its number; "best", the run's choice; "max-drop=X", of those whose drop is at most
/// X the one with the most multiply-adds in int8; "smallest" and "fastest", of those that keep all of the run's limits
/// the smallest file and the one with the most multiply-adds in int8. Of equals the smaller drop, then the earlier one.
/// Errors: InvalidInput when none is meant, naming those that there are.
[[nodiscard]] Result<std::int64_t> picked(const tracking::RunDetails& details, std::string_view which);

}  // namespace quantrail::app
