#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail {

/// The whole file. Errors: InvalidInput, naming the path and the system's reason.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

/// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder:
/// readers see the old content or the new one, never a part. Errors: Storage; nothing is left behind.
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace quantrail
