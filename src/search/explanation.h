#pragma once

#include <string>

#include "search/search.h"

namespace quantrail {

/// One or two sentences for people about how a search ended: figures, limit, what was reverted, why it stopped.
[[nodiscard]] std::string explained(const SearchState& state, Outcome outcome, std::size_t best);

}  // namespace quantrail
