#pragma once

#include <map>
#include <string>
#include <vector>

#include "search/baseline.h"

namespace quantrail {

using Drops = std::map<std::string, double>;  ///< by metric; positive: worse than float; infinite where it is NaN

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

/// How far models are from the target, comparable among them: for each the largest excess over a limit, metric by
/// metric as a share of the largest finite excess that any of `models` has. 0: the target is met; infinite: NaN.
[[nodiscard]] std::vector<double> shortfalls(const Baseline& baseline, const std::vector<const Drops*>& models);

}  // namespace quantrail
