#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// F1 = 2 TP / (2 TP + FP + FN) of the predicted classes: that of class spec.positive, or the mean over all classes
/// that are the label or the prediction of a sample (scikit-learn's "macro"). Predictions as for accuracy; one that is
/// no class (NaN) is a miss of its label's class. A sample's own value is whether it is right.
[[nodiscard]] std::unique_ptr<Metric> make_f1(const MetricSpec& spec);

}  // namespace quantrail
