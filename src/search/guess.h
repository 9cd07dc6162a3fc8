#pragma once

#include <optional>
#include <vector>

#include "search/bisection.h"
#include "search/search.h"

// Bisecting a ranking with fewer full validations: what its beginnings do is estimated first, on the samples that
// groups were ranked on. Estimates only say where to validate; what is enough and what is not is known from all samples
// alone.
namespace quantrail {

/// Whether an estimate costs so much less than a validation that it is worth while: groups were ranked on at most half
/// of the samples. Not where the base does some samples so badly that they have no number.
[[nodiscard]] bool worth_estimating(const SearchState& state);

/// The drops of a model that scores `values` on the samples that groups were ranked on: those of the base, less what
/// these samples regain, times all that the base loses over what it loses on them. (The hardest samples are most of the
/// loss, and the rest is supposed to be regained in the same measure. Exact for means, near for other metrics.)
/// Precondition: a ranking, and `values` of every controlled metric.
[[nodiscard]] std::map<std::string, double> estimated_drops(const SearchState& state, const SampleValues& values);

/// A beginning of the ranking to look at next.
struct Look {
  std::size_t groups = 0;
  bool estimate = false;  ///< on the samples that groups were ranked on; else on all
};

/// Lengths are bisected by estimates until one is supposed to be enough, and the next shorter one not to be; that one
/// is validated. Once something was, estimates are corrected by what the last one was wrong, and where they leave open
/// no more than half as many lengths as are too few, what is between them is supposed to lie on a line: such networks
/// are no smoother than that. Precondition: `known` is not finished, and estimates are worth while.
[[nodiscard]] Look next_look(const SearchState& state, const Bisection& known);

/// The length to validate next where `guess` is the shortest that is supposed to be enough: it, and once it is known,
/// the next shorter one; but as far from what is too few as 1, 1, 2, 4, ..., and as far from what is enough, so that
/// wrong guesses cost no more than doublings do. Precondition: `known` is not finished.
[[nodiscard]] std::size_t length_to_validate(const Bisection& known, std::size_t guess);

}  // namespace quantrail
