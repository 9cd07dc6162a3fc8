#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "metrics/metric.h"

namespace quantrail {

/// How many classes output `output` has a score for: it is float32 or float64, [C] or with further axes of size 1.
/// Errors: InvalidInput for any other output and for one that is not there.
[[nodiscard]] Result<std::int64_t> class_count(std::span<const OutputView> outputs, std::size_t output);

}  // namespace quantrail
