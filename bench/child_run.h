#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report.h"

namespace quantrail::bench {

/// Rows that this very program, run again in a process of its own with `arguments`, writes to its --json file;
/// `environment`
/// ("NAME=value") is added to ours. What it prints is dropped. Errors: Backend.
[[nodiscard]] Result<std::vector<Row>> rows_of_child(std::vector<std::string> arguments,
                                                     const std::vector<std::string>& environment,
                                                     const std::filesystem::path& scratch);

}  // namespace quantrail::bench
