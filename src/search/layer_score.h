#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quantrail {

/// What giving one group back to float would do, measured on the ranking subset.
struct LayerScore {
  std::string group{};
  std::vector<std::string> layers{};
  double score = 0.0;     ///< sign x metric on the ranking subset with this group float (higher: more worth reverting)
  double distance = 0.0;  ///< remaining distance to the float model's outputs
  std::int64_t float_macs = 0;  ///< multiply-adds per sample that would run in float again
  bool operator==(const LayerScore&) const = default;
};

/// Orders groups by what to give back to float first: highest score, then smallest remaining distance, then fewest
/// float multiply-adds, then name, so that equal inputs always give the same run. NaN counts as infinitely bad.
[[nodiscard]] std::vector<LayerScore> ranked(std::vector<LayerScore> scores);

}  // namespace quantrail
