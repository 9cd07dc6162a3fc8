#pragma once

#include <string>
#include <vector>

#include "model/quantization.h"
#include "run/inputs.h"
#include "search/search.h"

namespace quantrail {

/// What the search is to do, from the configuration. Errors: InvalidInput, naming the key, for a metric that
/// engine.metrics does not have, or accuracy-aware quantization without data or metrics.
[[nodiscard]] Result<SearchSettings> search_settings(const RunInputs& inputs);

/// What was assumed where the configuration says nothing, one sentence each.
[[nodiscard]] std::vector<std::string> assumptions(const RunInputs& inputs);

[[nodiscard]] RevertMode revert_mode_of(const RunInputs& inputs);

}  // namespace quantrail
