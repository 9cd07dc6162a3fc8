#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "config/config.h"
#include "metrics/metric.h"

namespace quantrail {

/// How many classes output `output` has a score for: it is of floats, [C] or with further axes of size 1.
/// Errors: InvalidInput for any other output and for one that is not there.
[[nodiscard]] Result<std::int64_t> class_count(std::span<const OutputView> outputs, std::size_t output);

/// The same of spec.output, for metrics that count predictions. A single score with a spec.threshold stands for two
/// classes: 1 where it is above, else 0. Errors: also a single score without one, and one where there are more.
[[nodiscard]] Result<std::int64_t> predicted_classes(std::span<const OutputView> outputs, const MetricSpec& spec);

/// The class with the highest score, of equal ones the first; -1 where a score is NaN.
/// Precondition: predicted_classes() has a number.
[[nodiscard]] std::int64_t predicted_class(const OutputView& scores, const MetricSpec& spec);

/// Whether the sample has a label from 0 to `classes` - 1. Errors: InvalidInput.
[[nodiscard]] Status label_fits(const Truth& truth, std::int64_t classes);

}  // namespace quantrail
