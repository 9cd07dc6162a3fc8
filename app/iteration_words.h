#pragma once

#include <string>

#include "run/records.h"

namespace quantrail::app {

/// What a step changed: the layers, or of a probe only how many.
[[nodiscard]] std::string changed_in_words(const IterationRecord& iteration);
/// What became of a step that the search did not go on from; empty for the others.
[[nodiscard]] std::string verdict_in_words(const IterationRecord& iteration);

}  // namespace quantrail::app
