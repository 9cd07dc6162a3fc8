#include "search/layer_score.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

namespace quantrail {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double loss(const LayerScore& s) { return std::isnan(s.score) ? kInfinity : -s.score; }
double distance(const LayerScore& s) { return std::isnan(s.distance) ? kInfinity : s.distance; }

}  // namespace

std::vector<LayerScore> ranked(std::vector<LayerScore> scores, RankingSignal signal) {
  const auto key = [&](const LayerScore& s) {
    const double first = signal == RankingSignal::Distance ? distance(s) : loss(s);
    const double second = signal == RankingSignal::Auto ? distance(s) : 0.0;
    return std::tuple<std::size_t, double, double, std::int64_t, const std::string&>(
        std::numeric_limits<std::size_t>::max() - s.samples, first, second, s.float_macs, s.group);
  };
  std::sort(scores.begin(), scores.end(), [&](const LayerScore& a, const LayerScore& b) { return key(a) < key(b); });
  return scores;
}

std::vector<LayerScore> ranked_as_pot(std::vector<LayerScore> scores) {
  std::sort(scores.begin(), scores.end(), [](const LayerScore& a, const LayerScore& b) {
    if (a.samples != b.samples) return a.samples > b.samples;
    return loss(a) != loss(b) ? loss(a) < loss(b) : a.group > b.group;
  });
  return scores;
}

}  // namespace quantrail
