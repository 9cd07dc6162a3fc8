#pragma once

#include <optional>
#include <string_view>

#include "search/outcome.h"

namespace quantrail::tracking {

// The column knows three outcomes, and a check of the schema holds it to them. A run without a target is stored as
// "met" and has no limits.

[[nodiscard]] inline std::string_view stored_name(Outcome outcome) {
  return name_of(outcome == Outcome::Quantized ? Outcome::Met : outcome);
}

[[nodiscard]] inline std::optional<Outcome> stored_outcome(std::string_view name, bool has_limits) {
  const auto stored = outcome(name);
  return stored == Outcome::Met && !has_limits ? Outcome::Quantized : stored;
}

}  // namespace quantrail::tracking
