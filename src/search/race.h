#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/config.h"

namespace quantrail {

/// A candidate in a race, and what it scored on the samples seen so far. Runners that are still in have seen the same
/// samples in the same order.
struct Runner {
  std::string group{};
  std::vector<double> values{};     ///< sign x the metric's value of each sample
  std::vector<double> distances{};  ///< to the float model's outputs, of each sample
  bool dropped = false;
  double behind = 0.0;  ///< of a dropped one: the bound by which it was dropped, in units of the metric or of distances
};

/// A ranking in which candidates see the samples in growing shares, hardest first, and those that can no longer be
/// among the first are dropped after each share.
struct Race {
  std::vector<std::vector<std::size_t>> rounds{};  ///< samples of each share, ascending
  std::size_t round = 0;                           ///< the one that comes next
  std::vector<Runner> runners{};
};

/// An eighth of the samples, then as many again as were seen so far, until all were. `hardest`: worst first; fewer than
/// 32, on which nothing could be told apart, are one share.
[[nodiscard]] std::vector<std::vector<std::size_t>> race_rounds(const std::vector<std::size_t>& hardest);

/// How many candidates stay in a race to its end: a quarter, at least four.
[[nodiscard]] std::size_t stayers(std::size_t candidates);

/// What the mean of samples' values makes of a metric, as a number that is to be large; `mean` likewise. A root goes up
/// with what it is the root of, so that who leads is known from means.
enum class Aggregate { Mean, RootOfMean };
[[nodiscard]] double metric_of(double mean, Aggregate aggregate);

/// Drops runners that are worse than the best quarter of the first stayers() by more than chance: to the last of that
/// quarter, the paired differences d over the n samples seen have mean(d) - 2 standard deviations(d) / sqrt(n) > 0.
/// Never one of the first stayers() or of the better two thirds of those that are in: a good one may begin badly. (Most
/// layers of most networks are worth about the same little. Than the last of the first stayers(), itself one of them,
/// none is ever worse for certain.) Differences are of the metric or of the distances, by `signal`; Auto goes by
/// distances where the metric is the same on every sample. Samples come hardest first, where candidates differ most, so
/// the bound is no promise about those to come. What it is of a root's mean, `aggregate` takes to the root.
void drop_behind(std::vector<Runner>& runners, RankingSignal signal, Aggregate aggregate);

}  // namespace quantrail
