#pragma once

#include <string>
#include <vector>

#include "search/search.h"

namespace quantrail {

/// What a model with groups in float is in its search.
struct SearchStep {
  IterationKind kind = IterationKind::Revert;
  /// Groups that it puts back (Prune), or reverts: the last one, or all that are in float where several are at once.
  std::vector<std::string> changed{};
};

/// Precondition: `request` is next(state), and reverts something.
[[nodiscard]] SearchStep step_of(const SearchState& state, const Evaluate& request);

/// What people see while next(state), which is `request`, is answered; empty where that has steps of its own, and at
/// the end.
[[nodiscard]] std::string step_name(const SearchState& state, const Request& request);

}  // namespace quantrail
