#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace quantrail {

/// What giving one group back to float would do, measured on the ranking subset.
struct LayerScore {
  std::string group{};
  std::vector<std::string> layers{};
  double score = 0.0;     ///< sign x metric on the ranking subset with this group float (higher: more worth reverting)
  double distance = 0.0;  ///< remaining distance to the float model's outputs
  std::int64_t float_macs = 0;  ///< multiply-adds per sample that would run in float again
  std::size_t samples = 0;      ///< of the subset, how many it was measured on: all, but for those a race dropped
  /// Of those: how much better than it a good one of those that stayed is at least, on average over the samples,
  /// see race.h.
  std::optional<double> behind{};
  bool operator==(const LayerScore&) const = default;
};

/// Orders groups by what to give back to float first, so that equal inputs always give the same run. By `signal`:
/// Auto: highest score, then smallest remaining distance; Metric: highest score; Distance: smallest remaining distance.
/// Then fewest float multiply-adds, then name. NaN counts as infinitely bad. What was measured on more samples comes
/// before all that was measured on fewer.
[[nodiscard]] std::vector<LayerScore> ranked(std::vector<LayerScore> scores, RankingSignal signal);

/// POT's order: highest score, then the name that comes last; what was measured on fewer samples behind.
[[nodiscard]] std::vector<LayerScore> ranked_as_pot(std::vector<LayerScore> scores);

}  // namespace quantrail
