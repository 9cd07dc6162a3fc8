#pragma once

#include "tracking/comparison.h"
#include "tracking/run_fields.h"
#include "tracking/runs.h"
#include "tui/rows.h"

namespace quantrail::app {

// The store's records as what screens show.

[[nodiscard]] tui::RunRow run_row(const tracking::RunSummary& run);
/// With what its worker does now.
[[nodiscard]] tui::RunRow run_row(const tracking::RunSummary& run, const std::optional<tracking::LeaseRecord>& lease);
/// Without the output of its workers, which is not in the store's database.
/// "2026-11-28 16:48", as the clock on the wall says.
[[nodiscard]] std::string minute_text(std::int64_t ms);
[[nodiscard]] tui::RunDetail run_detail(const tracking::RunDetails& details, const std::string& metric = "");
[[nodiscard]] tui::Comparison comparison_rows(std::vector<tracking::RunDetails> runs, const std::string& metric = "");

}  // namespace quantrail::app
