#include "search/race.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/mean.h"
#include "search/paired.h"

namespace quantrail {
namespace {

constexpr std::size_t kLeastToRace = 32;
constexpr double kDeviations = 2.0;

double or_worst(double mean) { return std::isnan(mean) ? -std::numeric_limits<double>::infinity() : mean; }

/// What a runner is judged by: higher is better.
std::pair<double, double> standing(const Runner& runner, RankingSignal signal) {
  const double metric = or_worst(mean_of<double>(runner.values));
  const double nearness = or_worst(-mean_of<double>(runner.distances));
  if (signal == RankingSignal::Distance) return {nearness, metric};
  return {metric, signal == RankingSignal::Auto ? nearness : 0.0};
}

/// The least that the mean of a - b is but for chance.
double advantage(const std::vector<double>& a, const std::vector<double>& b) {
  const auto [mean, error] = paired(a, b);
  return mean - kDeviations * error;
}

double advantage(const Runner& a, const Runner& b, RankingSignal signal, Aggregate aggregate) {
  const bool by_metric = signal == RankingSignal::Metric || (signal == RankingSignal::Auto && a.values != b.values);
  if (!by_metric) return advantage(b.distances, a.distances);
  const double of_means = advantage(a.values, b.values);
  if (aggregate == Aggregate::Mean) return of_means;
  const double mean = mean_of<double>(a.values);
  return metric_of(mean, aggregate) - metric_of(mean - of_means, aggregate);
}

}  // namespace

double metric_of(double mean, Aggregate aggregate) {
  return aggregate == Aggregate::Mean ? mean : std::copysign(std::sqrt(std::abs(mean)), mean);
}

std::vector<std::vector<std::size_t>> race_rounds(const std::vector<std::size_t>& hardest) {
  std::vector<std::vector<std::size_t>> rounds;
  std::size_t seen = 0;
  std::size_t share = hardest.size() < kLeastToRace ? hardest.size() : (hardest.size() + 7) / 8;
  while (seen < hardest.size()) {
    const std::size_t end = std::min(seen + share, hardest.size());
    rounds.emplace_back(hardest.begin() + static_cast<std::ptrdiff_t>(seen),
                        hardest.begin() + static_cast<std::ptrdiff_t>(end));
    std::sort(rounds.back().begin(), rounds.back().end());
    seen = share = end;
  }
  return rounds;
}

std::size_t stayers(std::size_t candidates) { return std::max<std::size_t>(4, (candidates + 3) / 4); }

void drop_behind(std::vector<Runner>& runners, RankingSignal signal, Aggregate aggregate) {
  std::vector<Runner*> running;
  for (auto& runner : runners) {
    if (!runner.dropped) running.push_back(&runner);
  }
  const std::size_t stay = stayers(runners.size());
  if (running.size() <= stay) return;
  std::stable_sort(running.begin(), running.end(),
                   [&](const Runner* a, const Runner* b) { return standing(*a, signal) > standing(*b, signal); });
  const Runner& good = *running[(stay - 1) / 4];
  const std::size_t safe = std::max(stay, running.size() - running.size() / 3);
  for (std::size_t at = safe; at < running.size(); ++at) {
    const double least = advantage(good, *running[at], signal, aggregate);
    running[at]->dropped = least > 0.0;
    if (running[at]->dropped) running[at]->behind = least;
  }
}

}  // namespace quantrail
