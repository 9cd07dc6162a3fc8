#pragma once

#include <memory>

#include "base/error.h"
#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// The metric that `spec` describes. Errors: InvalidInput for an unknown type, naming the nearest and all known ones;
/// those of make_command_metric().
[[nodiscard]] Result<std::unique_ptr<Metric>> make_metric(const MetricSpec& spec);

}  // namespace quantrail
