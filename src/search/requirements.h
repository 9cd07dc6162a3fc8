#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "search/baseline.h"

namespace quantrail {

using Drops = std::map<std::string, double>;  ///< by metric; positive: worse than float; infinite where it is NaN

/// Whether `metric`, which has a limit, is inside it; false where it has no drop.
[[nodiscard]] bool holds(const Baseline& baseline, const Drops& drops, const std::string& metric);

/// Whether every metric that has a limit is inside it.
[[nodiscard]] bool all_within(const Baseline& baseline, const Drops& drops);

/// The metric, of those in `order` (which all have a limit), of whose drop the largest share is more than is allowed:
/// 1 - limit / drop; the earlier of equals. Scale-free, and without a division by a baseline, which may be zero.
/// Metrics inside their limit come last. Precondition: `order` is not empty.
[[nodiscard]] std::string furthest_out(const std::vector<std::string>& order, const Baseline& baseline,
                                       const Drops& drops);

/// The same by POT's rule: the largest (drop - limit) / baseline.
[[nodiscard]] std::string furthest_out_as_pot(const std::vector<std::string>& order, const Baseline& baseline,
                                              const Drops& drops);

/// How far a model is from the target; less is nearer. All 0: the target is met.
struct Shortfall {
  double share = 0.0;   ///< of a drop the largest that is more than is allowed: 1 - limit / drop
  double excess = 0.0;  ///< where limits of 0 make all shares 1: over a limit, by metric as a share of the largest
                        ///< finite one among the models that are compared; infinite: NaN
  auto operator<=>(const Shortfall&) const = default;
};

[[nodiscard]] std::vector<Shortfall> shortfalls(const Baseline& baseline, const std::vector<const Drops*>& models);

}  // namespace quantrail
