#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// What lies in `folder`, sorted by path. Errors: InvalidInput, also where there is no such folder; naming the folder
/// and the system's reason.
[[nodiscard]] Result<std::vector<std::filesystem::directory_entry>> listed(const std::filesystem::path& folder);

/// Paths of what lies in a folder of our own, sorted; none where there is no such folder, or none any more.
/// Errors: Storage, naming the folder and the system's reason.
[[nodiscard]] Result<std::vector<std::filesystem::path>> entries(const std::filesystem::path& folder);

/// Paths of all below `folder`, at any depth, that is not a folder itself; links are not followed. Errors as above.
[[nodiscard]] Result<std::vector<std::filesystem::path>> files_below(const std::filesystem::path& folder);

}  // namespace quantrail
