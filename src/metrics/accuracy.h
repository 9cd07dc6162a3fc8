#pragma once

#include <memory>

#include "base/error.h"
#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// Top-k accuracy over one output that holds a score per class: [C], or with further axes of size 1. A sample counts 1
/// when fewer than k classes come before its label (a higher score, or an equal one at a lower index), else 0; a sample
/// with a NaN among its scores counts 0. Labels are 0 to C-1. A single score with a spec.threshold predicts one of two
/// classes, see predicted_classes().
[[nodiscard]] std::unique_ptr<Metric> make_accuracy(const MetricSpec& spec);

}  // namespace quantrail
