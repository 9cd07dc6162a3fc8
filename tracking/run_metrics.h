#pragma once

#include <string>
#include <vector>

#include "tracking/runs.h"

namespace quantrail::tracking {

/// The metrics that have a limit or a drop: the optimised one first, the others by name.
[[nodiscard]] std::vector<std::string> metrics_of(const RunDetails& run);

/// The run as `metric` sees it: the summary's values and each iteration's drop are of that one. Its best iteration
/// stays what it is. A run that did not measure it has no metric then, no values of it and no drops.
[[nodiscard]] RunDetails in_metric(RunDetails run, const std::string& metric);

}  // namespace quantrail::tracking
