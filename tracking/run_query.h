#pragma once

#include <string>
#include <vector>

#include "tracking/run_fields.h"
#include "tracking/run_filter.h"

namespace quantrail::tracking {

/// Which runs to list, in which order, with which columns.
struct RunQuery {
  Listed which = Listed::Kept;
  std::string filter{};                ///< see RunFilter
  std::string sort{};                  ///< a field, "-field" for the other direction; empty: newest first
  std::vector<std::string> columns{};  ///< fields to read besides
};

/// Runs without a value to sort by come last; among equals, newest first.
/// Errors: InvalidInput for a filter, a field or a column that is not understood.
[[nodiscard]] Result<std::vector<RunFacts>> queried(Runs& runs, const RunQuery& query);

/// A query that was given a name.
struct View {
  std::string name{};
  RunQuery query{};  ///< `which` is not kept
};
[[nodiscard]] Result<std::vector<View>> views(const Store& store);
/// Errors: InvalidInput when there is none, with those that are.
[[nodiscard]] Result<View> view(const Store& store, std::string_view name);
/// Replaces one of that name. Errors: InvalidInput for an empty name and for a query that queried() would refuse.
[[nodiscard]] Status save_view(const Store& store, const View& view);
/// Errors: InvalidInput when there is none.
[[nodiscard]] Status forget_view(const Store& store, std::string_view name);

}  // namespace quantrail::tracking
