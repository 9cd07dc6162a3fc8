#pragma once

#include <span>

#include "model/codes.h"
#include "quantize/placement.h"
#include "quantize/range_rules.h"
#include "quantize/statistics.h"
#include "quantize/threshold_search.h"

namespace quantrail {

/// What `rule` reads off the calibration statistics of one value: its range, and whether anything was negative.
struct RangeEstimate {
  double lo = 0.0;         ///< free ranges
  double hi = 0.0;         ///< free ranges
  double magnitude = 0.0;  ///< symmetric ranges
  bool non_negative = true;
  bool operator==(const RangeEstimate&) const = default;
};

/// Precondition: `seen` holds what asked_of() asks for the same rule.
[[nodiscard]] RangeEstimate estimated(const ValueStatistics& seen, const ActivationRule& rule);

/// The same where only reals in `told_apart` (see there) make a difference.
[[nodiscard]] RangeEstimate narrowed(const ValueStatistics& seen, const ActivationRule& rule, Interval told_apart);

/// The codes of values that share one range: the widest of their estimates, with zero on a code.
[[nodiscard]] ActivationParams activation_params(std::span<const RangeEstimate> estimates, const ActivationRule& rule);

/// Adds what `rule` needs to know of `value`.
void ask_for(const std::string& value, const ActivationRule& rule, StatisticsRequest& request);

}  // namespace quantrail
