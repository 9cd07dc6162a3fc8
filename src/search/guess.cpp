#include "search/guess.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "search/ranking_subset.h"
#include "search/requirements.h"
#include "search/state.h"

namespace quantrail {
namespace {

/// All that is lost where something is, over what of it is lost on the samples that groups were ranked on.
double share_unseen(const SearchState& state, const std::string& metric) {
  const auto& samples = state.rankings[0].samples;
  const std::vector<double> losses = losses_in(state, metric);
  double all = 0.0;
  double seen = 0.0;
  for (std::size_t at = 0; at < losses.size(); ++at) {
    const double loss = std::max(losses[at], 0.0);
    all += loss;
    const std::size_t sample = state.comparison.empty() ? at : state.comparison[at];
    if (std::binary_search(samples.begin(), samples.end(), sample)) seen += loss;
  }
  // Losses are compared on a part of the samples where all baselines are given: the rest loses as much.
  const double samples_each =
      static_cast<double>(state.base_values.at(metric).size()) / static_cast<double>(losses.size());
  return seen > 0.0 ? samples_each * all / seen : 1.0;
}

/// What a mean loss of one by samples' values is of the metric's `drop`: 1 for metrics that are the mean of these; of
/// others (rmse, correlations), which have other units, in proportion. 0 where nothing is lost by samples.
double drop_by_sample_loss(const SearchState& state, const std::string& metric, double drop) {
  constexpr double kRounding = 1e-9;
  const std::vector<double> losses = losses_in(state, metric);
  const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
  const bool on_all = state.comparison.empty();
  if (!on_all || std::abs(mean - drop) <= kRounding * std::max(1.0, std::abs(drop))) return 1.0;
  return mean > 0.0 ? std::max(drop, 0.0) / mean : 0.0;
}

/// Whatever is changed in a network shuffles some samples that are near the edge. Among those that were lost that only
/// gains, so that estimates are too good, in the same proportion for all models. What is out of proportion is taken for
/// the same amount.
double corrected(double drop, double estimated, double validated) {
  const bool in_proportion = estimated > 0.0 && validated > 0.0 && validated <= 2.0 * estimated;
  return in_proportion ? drop * validated / estimated : drop + validated - estimated;
}

/// What misses a limit by less than that share is worth validating: to be wrong costs one model, to go too far several.
constexpr double kNear = 0.05;

/// An estimate's drops, less what the last one that was checked was wrong.
Drops corrected(const SearchState& state, Drops drops) {
  if (state.checked.empty()) return drops;
  const CheckedEstimate& last = state.checked.back();
  for (auto& [metric, drop] : drops) drop = corrected(drop, last.estimated.drops.at(metric), last.drops.at(metric));
  return drops;
}

/// The drops of beginnings of the ranking, by length: as they are where they are known, else as they are supposed.
std::map<std::size_t, Drops> supposed_drops(const SearchState& state) {
  std::map<std::size_t, Drops> by_length{{0, state.trials[state.base].drops}};
  for (const auto& probe : state.checked) by_length.emplace(probe.estimated.groups, probe.drops);
  for (const auto& estimate : state.estimates) by_length.emplace(estimate.groups, corrected(state, estimate.drops));
  return by_length;
}

bool supposed_enough(const SearchState& state, Drops drops) {
  for (auto& [metric, drop] : drops) {
    if (drop > 0.0) drop /= 1.0 + kNear;
  }
  return all_within(*state.baseline, drops);
}

using Point = std::pair<const std::size_t, Drops>;

/// The first length after `below` that is enough if drops lie on a line from there to `above`.
std::size_t first_enough_between(const SearchState& state, const Point& below, const Point& above) {
  for (std::size_t length = below.first + 1; length < above.first; ++length) {
    const double share = static_cast<double>(length - below.first) / static_cast<double>(above.first - below.first);
    Drops drops;
    for (const auto& metric : controlled_names(state)) {
      const double from = below.second.at(metric);
      drops.emplace(metric, from + share * (above.second.at(metric) - from));
    }
    if (all_within(*state.baseline, drops)) return length;
  }
  return above.first;
}

}  // namespace

bool worth_estimating(const SearchState& state) {
  const auto is_finite = [](double value) { return std::isfinite(value); };
  for (const auto& metric : controlled_names(state)) {
    const auto& values = state.base_values.at(metric);
    if (2 * state.rankings[0].samples.size() > values.size()) return false;
    if (!std::all_of(values.begin(), values.end(), is_finite)) return false;
  }
  return true;
}

std::map<std::string, double> estimated_drops(const SearchState& state, const SampleValues& values) {
  const auto& samples = state.rankings[0].samples;
  Drops drops;
  for (const auto& metric : controlled_names(state)) {
    const auto& before = state.base_values.at(metric);
    const auto& now = values.at(metric);
    double regained = 0.0;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      regained += sign_in(state, metric) * (now[at] - before[samples[at]]);
    }
    const double drop = state.trials[state.base].drops.at(metric);
    const double share = share_unseen(state, metric) / static_cast<double>(before.size());
    drops.emplace(metric, drop - regained * share * drop_by_sample_loss(state, metric, drop));
  }
  return drops;
}

Look next_look(const SearchState& state, const Bisection& known) {
  const auto supposed = supposed_drops(state);
  const auto is_enough = [&](const Point& point) {
    return (known.enough && point.first >= *known.enough) || supposed_enough(state, point.second);
  };
  const auto above = std::find_if(supposed.upper_bound(known.too_few), supposed.end(), is_enough);
  const Point& below = *std::prev(above);
  if (above == supposed.end()) {
    if (below.first >= known.groups) return {length_to_validate(known, known.groups)};
    return {std::min(std::max<std::size_t>(2 * below.first, 1), known.groups), true};
  }
  const std::size_t between = above->first - below.first;
  const bool narrow = !state.checked.empty() && 2 * between <= below.first;
  if (between > 1 && !narrow) return {below.first + between / 2, true};
  return {length_to_validate(known, first_enough_between(state, below, *above))};
}

std::size_t length_to_validate(const Bisection& known, std::size_t guess) {
  const auto reach = [](std::size_t before) { return before < 2 ? std::size_t{1} : std::size_t{1} << (before - 1); };
  const std::size_t least = known.too_few + reach(known.failures);
  if (!known.enough) return std::min(std::max(guess, least), known.groups);
  const std::size_t most = *known.enough - std::min(reach(known.successes), *known.enough);
  return least <= most ? std::clamp(guess, least, most) : known.next();
}

}  // namespace quantrail
