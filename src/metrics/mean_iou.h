#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// Mean intersection over union of the classes of pixels (or other places), over all samples together: of each class
/// that is predicted or right somewhere, the places where it is both by those where it is either; then their mean.
/// The output holds scores, whose axis spec.class_axis counts the classes, or integers that are the classes. Places
/// whose right class is spec.ignore count nowhere. A sample's own value is that of it alone.
[[nodiscard]] std::unique_ptr<Metric> make_mean_iou(const MetricSpec& spec);

}  // namespace quantrail
