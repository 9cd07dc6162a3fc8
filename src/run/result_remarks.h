#pragma once

#include <string>

#include "data/dataset.h"
#include "metrics/metric.h"
#include "run/records.h"

namespace quantrail {

/// That the float model's `value` of `metric` on all of `data` is what guessing a class would give, where that can be
/// told: a share of right answers, and at least 100 labelled samples of several classes. Empty otherwise.
[[nodiscard]] std::string chance_remark(const Dataset& data, const Metric& metric, double value);

/// That a share of a float model's `value` of 0 is nothing, so that nothing may be lost; empty for other values.
[[nodiscard]] std::string no_room_remark(const std::string& metric, double value);

/// That a model has hardly anything in int8, so that a limit which it holds means nothing; empty otherwise.
[[nodiscard]] std::string float_remark(const IterationRecord& best);

}  // namespace quantrail
