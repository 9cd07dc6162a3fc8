#include "search/layer_score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace quantrail {

std::vector<LayerScore> ranked(std::vector<LayerScore> scores) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto key = [](const LayerScore& s) {
    const double score = std::isnan(s.score) ? -kInfinity : s.score;
    const double distance = std::isnan(s.distance) ? kInfinity : s.distance;
    return std::tuple<double, double, std::int64_t, const std::string&>(-score, distance, s.float_macs, s.group);
  };
  std::sort(scores.begin(), scores.end(), [&](const LayerScore& a, const LayerScore& b) { return key(a) < key(b); });
  return scores;
}

}  // namespace quantrail
