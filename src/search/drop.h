#pragma once

#include "config/config.h"

namespace quantrail {

/// +1 where a higher metric is better, -1 where a lower one is.
[[nodiscard]] constexpr double sign_of(bool higher_is_better) { return higher_is_better ? 1.0 : -1.0; }

/// How much worse `value` is than `baseline`: sign x (baseline - value). Positive: worse; negative: an improvement.
/// A value that is not a number is infinitely bad. Precondition: `baseline` is finite.
[[nodiscard]] double drop_of(double sign, double baseline, double value);

/// The largest drop allowed, in metric units: `maximal_drop` itself, or that share of the baseline's magnitude. (POT
/// multiplies with the signed baseline, so that a negative one forbids models that are better than float.)
[[nodiscard]] double limit_of(DropType type, double maximal_drop, double baseline);

/// drop <= limit, inclusive, with room for rounding: 0.92 - 0.91 is a drop of 0.01.
[[nodiscard]] bool within(double drop, double limit, double baseline);

}  // namespace quantrail
