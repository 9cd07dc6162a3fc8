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

/// `known` narrowed by estimates, which are corrected by what the last one that was validated was wrong.
[[nodiscard]] Bisection guessed(const SearchState& state, Bisection known);

/// The length to validate next where `guess` is the shortest that is supposed to be enough: it, and once it is known,
/// the next shorter one; but as far from what is too few as 1, 1, 2, 4, ..., and as far from what is enough, so that
/// wrong guesses cost no more than doublings do. Precondition: `known` is not finished.
[[nodiscard]] std::size_t length_to_validate(const Bisection& known, std::size_t guess);

}  // namespace quantrail
