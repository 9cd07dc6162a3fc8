#pragma once

#include <optional>

#include "base/error.h"
#include "run/forecast.h"
#include "run/workbench.h"

namespace quantrail {

/// What a run will have to compute, from a few samples of the float model that are measured now. Nothing where no
/// validation data tell how fast it is. Errors: those of computing.
[[nodiscard]] Result<std::optional<Workload>> measured_workload(const RunInputs& inputs, Workbench& workbench);

}  // namespace quantrail
