#pragma once

#include "tracking/runs.h"
#include "tui/model.h"

namespace quantrail::app {

// The store's records as the rows of screens.

[[nodiscard]] tui::RunRow run_row(const tracking::RunSummary& run);
[[nodiscard]] tui::RunDetail run_detail(const tracking::RunDetails& details);

}  // namespace quantrail::app
