#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// COCO's mean average precision of one output's boxes, decoded and suppressed as `spec` says; of an image, the
/// 100 best of each class count, as in pycocotools. With spec.iou at that overlap alone. A sample's own value is that
/// of its image alone.
[[nodiscard]] std::unique_ptr<Metric> make_mean_average_precision(const MetricSpec& spec);

}  // namespace quantrail
