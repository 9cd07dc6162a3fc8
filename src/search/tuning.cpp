#include "search/tuning.h"

#include <cmath>
#include <limits>
#include <utility>

namespace quantrail {

TuningGrid::TuningGrid(Variation base, std::map<std::string, double> signs, std::string optimised, bool as_pot)
    : base_(std::move(base)), signs_(std::move(signs)), optimised_(std::move(optimised)), as_pot_(as_pot) {}

std::vector<Variation> TuningGrid::first_stage() const {
  std::vector<Variation> all;
  if (!as_pot_) all.push_back(base_);
  const auto add = [&](const Tuning& tuning) {
    all.push_back(base_);
    all.back().tuning = tuning;
  };
  add({.plain_weights = true});
  for (const double min : kTunedQuantiles) {
    for (const double max : kTunedQuantiles) add({.min = TunedEnd{min}, .max = TunedEnd{max}});
  }
  return all;
}

std::optional<Variation> TuningGrid::next(const std::vector<Tried>& tried) const {
  const auto first = first_stage();
  if (tried.size() < first.size()) return first[tried.size()];
  const std::size_t second = tried.size() - first.size();
  if (second > 1) return std::nullopt;
  const std::vector<Tried> of_first(tried.begin(), tried.begin() + static_cast<std::ptrdiff_t>(first.size()));
  Variation candidate = of_first[best(of_first)].variation;
  if (!candidate.tuning) candidate.tuning.emplace();
  candidate.tuning->fast_bias = second == 0;
  return candidate;
}

double TuningGrid::error(const Tried& one, const Tried& first) const {
  double sum = 0.0;
  for (const auto& [name, sign] : signs_) {
    const double reference = first.metrics.at(name);
    sum += sign * (reference - one.metrics.at(name)) / (reference + 1e-8);
  }
  const double mean = sum / static_cast<double>(signs_.size());
  return std::isnan(mean) ? std::numeric_limits<double>::infinity() : mean;
}

std::size_t TuningGrid::best(const std::vector<Tried>& tried) const {
  if (!as_pot_) return best_of(tried, signs_.at(optimised_));
  std::size_t best = 0;
  for (std::size_t at = 1; at < tried.size(); ++at) {
    if (error(tried[at], tried.front()) < error(tried[best], tried.front())) best = at;
  }
  return best;
}

}  // namespace quantrail
