#pragma once

#include <memory>

#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// How near an output is to the float model's, without any truth: "agreement", the share of places where the class
/// with the highest score is the same (spec.class_axis counts the classes), or where an output of integers is;
/// "cosine", the cosine of the angle between the two; "nmse", |y - f|^2 / |f|^2, lower where better, whose -10 log10 is
/// the SQNR in dB. Of each sample, averaged. NaN and infinity count as 0, -1 and 1e15.
[[nodiscard]] std::unique_ptr<Metric> make_fidelity(const MetricSpec& spec);

}  // namespace quantrail
