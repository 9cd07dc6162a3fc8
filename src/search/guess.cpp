#include "search/guess.h"

#include <algorithm>
#include <cmath>

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
  return seen > 0.0 ? all / seen : 1.0;
}

/// What validating showed of estimates: of the last model that has both.
struct Lesson {
  const Estimated* estimated = nullptr;  ///< null: nothing yet
  const Trial* validated = nullptr;
};

Lesson last_lesson(const SearchState& state) {
  Lesson last;
  const std::size_t before = state.trials[state.base].reverted.size();
  for (const auto& trial : state.trials) {
    if (trial.kind != IterationKind::Probe) continue;
    for (const auto& estimate : state.estimates) {
      if (before + estimate.groups == trial.reverted.size()) last = {&estimate, &trial};
    }
  }
  return last;
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

bool supposed_enough(const SearchState& state, const Estimated& estimate, const Lesson& lesson) {
  Drops drops = estimate.drops;
  for (auto& [metric, drop] : drops) {
    if (lesson.estimated != nullptr)
      drop = corrected(drop, lesson.estimated->drops.at(metric), lesson.validated->drops.at(metric));
    if (drop > 0.0) drop /= 1.0 + kNear;
  }
  return all_within(*state.baseline, drops);
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
    const double share = share_unseen(state, metric) / static_cast<double>(before.size());
    drops.emplace(metric, state.trials[state.base].drops.at(metric) - regained * share);
  }
  return drops;
}

Bisection guessed(const SearchState& state, Bisection known) {
  std::map<std::size_t, const Estimated*> by_length;
  for (const auto& estimate : state.estimates) by_length.emplace(estimate.groups, &estimate);
  const Lesson lesson = last_lesson(state);
  for (const auto& [length, estimate] : by_length) {
    if (length <= known.too_few) continue;
    if (known.enough && length >= *known.enough) break;
    const bool enough = supposed_enough(state, *estimate, lesson);
    known.learn(length, enough);
    if (enough) break;
  }
  return known;
}

std::size_t length_to_validate(const Bisection& known, std::size_t guess) {
  const auto reach = [](std::size_t before) { return before < 2 ? std::size_t{1} : std::size_t{1} << (before - 1); };
  const std::size_t least = known.too_few + reach(known.failures);
  if (!known.enough) return std::min(std::max(guess, least), known.groups);
  const std::size_t most = *known.enough - std::min(reach(known.successes), *known.enough);
  return least <= most ? std::clamp(guess, least, most) : known.next();
}

}  // namespace quantrail
