#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "data/dataset.h"
#include "evaluate/evaluation.h"
#include "metrics/metric.h"
#include "run/records.h"

namespace quantrail {

/// That the float model is right nowhere by `metric`, more of which is better: its `value` is 0. Empty for other
/// values.
[[nodiscard]] std::string useless_remark(const Metric& metric, double value);

/// That samples hold NaN, or the float model gives it for them, and which the first is; empty where there is none.
/// `samples`: those of `data` that were evaluated; empty: all.
[[nodiscard]] std::string not_numbers_remark(const Dataset& data, std::span<const std::size_t> samples,
                                             const Evaluation& evaluation);

/// That the float model's `value` of `metric` on all of `data` is what guessing a class would give, where that can be
/// told: a share of right answers that is not 0, and at least 100 labelled samples of several classes. Empty otherwise.
[[nodiscard]] std::string chance_remark(const Dataset& data, const Metric& metric, double value);

/// That a share of a float model's `value` of 0 is nothing, so that nothing may be lost; empty for other values.
[[nodiscard]] std::string no_room_remark(const std::string& metric, double value);

/// Two values of a metric on the same samples: of the float model, and of another.
struct Compared {
  double sign = 1.0;                 ///< +1 where higher is better
  double baseline = 0.0;             ///< of the float model
  double value = 0.0;                ///< of the other
  std::span<const double> in_float;  ///< values of samples
  std::span<const double> found;     ///< likewise
};

/// Between which drops the drop on other samples like these lies, with 95 % confidence: by the differences of samples,
/// drop -+ 1.96 standard errors. Nothing of fewer than 30 samples, and of metrics that are no mean of samples' values.
[[nodiscard]] std::optional<std::pair<double, double>> drop_interval(const Compared& compared);

/// That samples are too few to tell on which side of `limit` the drop of `metric` is; empty where they can.
[[nodiscard]] std::string few_samples_remark(const std::string& metric, const Compared& compared, double limit);

/// That a model has hardly anything in int8, so that a limit which it holds means nothing; empty otherwise.
[[nodiscard]] std::string float_remark(const IterationRecord& best);

}  // namespace quantrail
