#pragma once

#include "tracking/store.h"
#include "tui/rows.h"

namespace quantrail::app {

/// Machine, store, workers, what takes the disk and what could be deleted, as text. What cannot be read says so.
[[nodiscard]] std::vector<tui::HealthSection> health_rows(const tracking::Store& store);
/// The same where only what changes by itself is looked at again: the disk and the workers.
[[nodiscard]] std::vector<tui::HealthSection> health_rows_again(const tracking::Store& store,
                                                                std::vector<tui::HealthSection> before);

}  // namespace quantrail::app
