#include "app/pick.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "app/numbers.h"
#include "base/text.h"
#include "search/drop.h"
#include "search/requirements.h"

namespace quantrail::app {
namespace {

using tracking::RunDetails;

constexpr std::string_view kMaxDrop = "max-drop=";

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool within_limits(const RunDetails& details, const IterationRecord& it) {
  return !details.baseline || all_within(*details.baseline, it.drops);
}

using Better = std::function<bool(const IterationRecord&, const IterationRecord&)>;

/// An iteration without a measured drop comes after all others.
bool smaller_drop(const IterationRecord& a, const IterationRecord& b) {
  const bool known = !a.drops.empty() && !std::isnan(a.drop);
  const bool other = !b.drops.empty() && !std::isnan(b.drop);
  return known && other ? a.drop < b.drop : known && !other;
}

bool more_int8(const IterationRecord& a, const IterationRecord& b) {
  return a.int8_macs_share != b.int8_macs_share ? a.int8_macs_share > b.int8_macs_share : smaller_drop(a, b);
}

bool smaller_file(const IterationRecord& a, const IterationRecord& b) {
  return a.size_bytes != b.size_bytes ? a.size_bytes < b.size_bytes : smaller_drop(a, b);
}

const IterationRecord* first_by(const RunDetails& details, const std::function<bool(const IterationRecord&)>& may_be,
                                const Better& better) {
  const IterationRecord* found = nullptr;
  for (const auto& it : details.iterations) {
    if (may_be(it) && (found == nullptr || better(it, *found))) found = &it;
  }
  return found;
}

/// Of all metrics that were held against the float model's; NaN where one of them is. Precondition: there is one.
double largest_drop(const IterationRecord& it) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const auto& [metric, drop] : it.drops) largest = drop <= largest ? largest : drop;
  return largest;
}

std::string closest(const RunDetails& details) {
  const auto measured = [](const IterationRecord& one) {
    return !one.drops.empty() && std::isfinite(largest_drop(one));
  };
  const auto* it =
      first_by(details, measured, [](const auto& a, const auto& b) { return largest_drop(a) < largest_drop(b); });
  return it == nullptr
             ? ""
             : fmt::format("; the smallest drop is {} of iteration {}", decimals(largest_drop(*it)), it->index);
}

Result<std::int64_t> by_drop(const RunDetails& details, std::string_view text) {
  const auto limit = whole_number<double>(text.substr(kMaxDrop.size()));
  if (!limit) return fail(Cause::InvalidInput, "\"@{}\": a number is expected after max-drop=", printable(text));
  // Drops are differences: one of .01 may be a little more in its last digit, as limits allow.
  const auto may_be = [&](const IterationRecord& it) {
    return details.baseline && !it.drops.empty() && std::all_of(it.drops.begin(), it.drops.end(), [&](const auto& one) {
             const auto in_float = details.baseline->metrics.find(one.first);
             return in_float != details.baseline->metrics.end() && within(one.second, *limit, in_float->second);
           });
  };
  const auto* found = first_by(details, may_be, more_int8);
  if (found != nullptr) return found->index;
  return fail(Cause::InvalidInput, "run {} has no iteration whose drop is at most {}{}", details.summary.id, *limit,
              closest(details));
}

Result<std::int64_t> within(const RunDetails& details, const Better& better) {
  const auto may_be = [&](const IterationRecord& it) { return within_limits(details, it); };
  const auto* found = first_by(details, may_be, better);
  if (found != nullptr) return found->index;
  return fail(Cause::InvalidInput,
              "run {} has no iteration that drops no more than is allowed{}; @max-drop=X takes one", details.summary.id,
              closest(details));
}

}  // namespace

Result<std::int64_t> picked(const RunDetails& details, std::string_view which) {
  const auto id = details.summary.id;
  if (details.iterations.empty()) return fail(Cause::InvalidInput, "run {} has no iteration yet", id);
  if (which == "best") {
    if (details.summary.best_iteration) return *details.summary.best_iteration;
    return fail(Cause::InvalidInput, "run {} has no best iteration yet: no drop was measured", id);
  }
  if (which.starts_with(kMaxDrop)) return by_drop(details, which);
  if (which == "smallest") return within(details, smaller_file);
  if (which == "fastest") return within(details, more_int8);
  const auto number = whole_number<std::int64_t>(which);
  if (!number) {
    return fail(Cause::InvalidInput,
                "\"@{}\": an iteration is a number, \"best\", \"smallest\", \"fastest\" or \"max-drop=X\"",
                printable(which));
  }
  if (*number >= 0 && *number < static_cast<std::int64_t>(details.iterations.size())) return *number;
  return fail(Cause::InvalidInput, "run {} has no iteration {}; it has 0 to {}", id, *number,
              details.iterations.size() - 1);
}

}  // namespace quantrail::app
