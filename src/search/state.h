#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/bisection.h"
#include "search/search.h"

// What a search knows, put as the questions that its steps ask.
namespace quantrail {

[[nodiscard]] bool evaluates(const SearchState& state);
[[nodiscard]] bool as_pot(const SearchState& state);
/// +1 where a higher `metric` is better, -1 where a lower one is.
[[nodiscard]] double sign_in(const SearchState& state, const std::string& metric);
[[nodiscard]] std::vector<std::string> controlled_names(const SearchState& state);
/// Groups that may be tried on top of the base.
[[nodiscard]] std::vector<const Candidate*> open_groups(const SearchState& state);

/// The model nearest to the target; of equals the one of the smallest drop, then of the fewest groups in float.
[[nodiscard]] std::size_t nearest(const SearchState& state);
[[nodiscard]] bool met(const SearchState& state, const Trial& trial);
/// Of the models that meet the target, the one with the fewest groups in float.
[[nodiscard]] std::optional<std::size_t> met_with_fewest(const SearchState& state);

/// How much each sample of the comparison loses in the base. Precondition: the float model's values are known.
[[nodiscard]] std::vector<double> losses_in(const SearchState& state, const std::string& metric);

/// Positions in the data set of the samples on which the base loses most of `metrics`, worst first: as many as groups
/// are ranked on. Precondition: the float model's values are known.
[[nodiscard]] std::vector<std::size_t> hardest(const SearchState& state, const std::vector<std::string>& metrics);

/// The groups of settings.start while they wait to be reverted; empty: there are none, or they are, or groups are
/// ranked.
[[nodiscard]] std::vector<std::string> waiting_start(const SearchState& state);

/// Of what a request or a trial reverts, the groups that the base does not.
[[nodiscard]] std::span<const std::string> beyond_base(const SearchState& state,
                                                       const std::vector<std::string>& reverted);

/// What trials have told of the first ranking; nothing where it is not bisected, or not there.
[[nodiscard]] std::optional<Bisection> bisection(const SearchState& state);
/// Trials that max_iter_num counts.
[[nodiscard]] std::size_t steps(const SearchState& state);
[[nodiscard]] bool spent(const SearchState& state);

}  // namespace quantrail
