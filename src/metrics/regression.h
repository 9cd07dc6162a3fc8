#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// How far an output is from what it should be, element by element: "mse", the mean of squares; "rmse", its root;
/// "mae", the mean of amounts; "psnr", 10 log10(peak^2 / mse) in dB of each sample, at most 100, averaged over samples
/// as is usual for images. The first three are lower where better. An element that is NaN or infinite counts as an
/// error of 1e15.
[[nodiscard]] std::unique_ptr<Metric> make_regression(const MetricSpec& spec);

/// How well single numbers follow what they should be over all samples: "pearson", their correlation, or "spearman",
/// that of their ranks (equal ones share the mean of theirs); -1 to 1. 0 where one side is the same for all samples. A
/// NaN counts as the mean of the others, which says nothing. A sample's own value is minus its squared error.
[[nodiscard]] std::unique_ptr<Metric> make_correlation(const MetricSpec& spec);

}  // namespace quantrail
