#include "search/step.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "search/state.h"

namespace quantrail {
namespace {

/// "revert conv1", or how many where there are several.
std::string reverting(std::span<const std::string> groups, std::string_view which) {
  return groups.size() == 1 ? "revert " + printable(groups.front())
                            : fmt::format("revert {} {} groups", which, groups.size());
}

std::string name(const SearchState&, const EvaluateFloat&) { return "evaluate float model"; }
std::string name(const SearchState&, const Quantize&) { return ""; }
std::string name(const SearchState& state, const Evaluate& request) {
  if (request.reverted.empty()) return "evaluate quantized model";
  const auto [kind, changed] = step_of(state, request);
  switch (kind) {
    case IterationKind::Prune: return "put back " + joined(changed, ", ");
    case IterationKind::Probe: return reverting(beyond_base(state, changed), "the first");
    default: return reverting(changed, "the given");
  }
}
std::string name(const SearchState& state, const Estimate& request) {
  return "estimate: " + reverting(beyond_base(state, request.reverted), "the first");
}
std::string name(const SearchState&, const Rank& request) {
  return fmt::format("rank {} groups", request.candidates.size());
}
std::string name(const SearchState&, const Try& request) { return "try " + described(request.variation); }
std::string name(const SearchState&, const Done&) { return ""; }

}  // namespace

SearchStep step_of(const SearchState& state, const Evaluate& request) {
  if (!waiting_start(state).empty()) return {IterationKind::Revert, request.reverted};
  const auto known = bisection(state);
  if (known && !known->finished()) return {IterationKind::Probe, request.reverted};
  const auto found = met_with_fewest(state);
  if (!found) return {IterationKind::Revert, {request.reverted.back()}};
  SearchStep step{.kind = IterationKind::Prune};
  for (const auto& group : state.trials[*found].reverted) {
    if (std::find(request.reverted.begin(), request.reverted.end(), group) == request.reverted.end())
      step.changed.push_back(group);
  }
  return step;
}

std::string step_name(const SearchState& state, const Request& request) {
  return std::visit([&](const auto& wanted) { return name(state, wanted); }, request);
}

}  // namespace quantrail
