#pragma once

#include <filesystem>

#include "base/error.h"

namespace quantrail::tracking {

/// Copies a file's content to a new file and syncs it; as a clone that shares blocks where the file system can.
/// Never a hard link, which an overwrite of the original in place would follow.
/// Errors: InvalidInput when `from` cannot be read, Storage when `to` cannot be written.
[[nodiscard]] Status copy_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes a file's content durable. Precondition: this process has no SQLite connection to it. Errors: Storage.
[[nodiscard]] Status sync_file(const std::filesystem::path& file);

/// Makes a folder's entries durable.
void sync_folder(const std::filesystem::path& folder);

}  // namespace quantrail::tracking
