#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tracking/runs.h"

namespace quantrail::app {

/// What came of each run: a title, and a text for each of them, with numbers for people or, `whole`, for programs.
struct ComparedResult {
  std::string title{};
  std::vector<std::string> texts{};
};
[[nodiscard]] std::vector<ComparedResult> result_rows(const std::vector<tracking::RunDetails>& runs, bool whole);

/// "float", "int8"; "-" for no such layer.
[[nodiscard]] std::string layer_state(const std::optional<bool>& is_float);

}  // namespace quantrail::app
