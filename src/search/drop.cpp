#include "search/drop.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantrail {

double drop_of(double sign, double baseline, double value) {
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : sign * (baseline - value);
}

double limit_of(DropType type, double maximal_drop, double baseline) {
  return type == DropType::Absolute ? maximal_drop : std::abs(baseline) * maximal_drop;
}

bool within(double drop, double limit, double baseline) {
  // Some ulps of the numbers that the drop was computed from; metrics that differ at all differ by far more.
  const double rounding = 1e-12 * std::max(std::abs(baseline), limit);
  return drop <= limit + rounding;
}

}  // namespace quantrail
