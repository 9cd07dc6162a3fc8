#pragma once

#include <string>

#include "tracking/runs.h"

namespace quantrail::app {

/// What `show` prints for people: state, result, every iteration, what is float in the best model.
[[nodiscard]] std::string show_text(const tracking::RunDetails& details);

}  // namespace quantrail::app
