#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace quantrail {

/// More than any file that is read whole has; devices that never end stop here.
inline constexpr std::uint64_t kLargestFile = 1ULL << 32U;

/// The whole file. Errors: InvalidInput, naming the path and the system's reason, also beyond `largest` bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t largest = kLargestFile);

/// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder:
/// readers see the old content or the new one, never a part. Where `path` is a link, the file that it leads to is
/// written; one that is there keeps its permissions. Errors: InvalidInput when something other than a file,
/// such as a folder or a device, is there already; Storage; nothing is left behind.
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace quantrail
