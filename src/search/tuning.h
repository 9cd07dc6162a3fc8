#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "search/variation.h"

namespace quantrail {

/// The ends of ranges that are tried, as TunedEnd has them.
inline constexpr std::array kTunedQuantiles{0.0, 1e-3, 1e-4};

/// POT's twelve settings of tune_hyperparams (POT 2023.0 grid search), in two stages: weights from the least to the
/// largest; three ways to choose minima times three to choose maxima of activations; then fast and full bias
/// correction, each on top of the best of the first stage.
///
/// Ours: what is configured is the first candidate, candidates are compared as better() does, and what they do not vary
/// (bits, modes, granularity, codes) stays as the user has it. POT (`as_pot`): what is configured is no candidate, and
/// the error is the mean over metrics of sign x (first candidate's value - value) / (first candidate's value + 1e-8).
class TuningGrid {
 public:
  /// `base`: what candidates are put on top of. `signs`: by metric, +1 where higher is better; `optimised` among them.
  TuningGrid(Variation base, std::map<std::string, double> signs, std::string optimised, bool as_pot);

  /// The candidate to try next; nothing when all were. `tried`: those so far, in order.
  [[nodiscard]] std::optional<Variation> next(const std::vector<Tried>& tried) const;
  /// Position in `tried` of the best, the earlier of equals. Precondition: not empty.
  [[nodiscard]] std::size_t best(const std::vector<Tried>& tried) const;

 private:
  [[nodiscard]] double error(const Tried& one, const Tried& first) const;
  [[nodiscard]] std::vector<Variation> first_stage() const;

  Variation base_;
  std::map<std::string, double> signs_;
  std::string optimised_;
  bool as_pot_;
};

}  // namespace quantrail
