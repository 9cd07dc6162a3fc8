#pragma once

#include "tracking/store.h"
#include "tui/rows.h"

namespace quantrail::app {

/// Machine, store, workers, what takes the disk and what could be deleted, as text. What cannot be read says so.
[[nodiscard]] std::vector<tui::HealthSection> health_rows(const tracking::Store& store);

}  // namespace quantrail::app
