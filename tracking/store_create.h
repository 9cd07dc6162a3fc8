#pragma once

#include <filesystem>

#include "base/error.h"
#include "tracking/connection.h"

namespace quantrail::tracking {

/// Makes the folder, and the folders that it lies in. Errors: InvalidInput when it cannot be made or written to.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder);

/// Makes the folder and the database in it, unless there is a file of that name. The database is made under another
/// name and moved into place, so that no other process, and no crash, meets a half-made one.
/// Errors: InvalidInput when the folder cannot be made or written to; Storage otherwise.
[[nodiscard]] Status create_store(const std::filesystem::path& folder, const std::filesystem::path& database,
                                  const ConnectionOptions& options);

/// 16 random hexadecimal digits.
[[nodiscard]] std::string random_id();

}  // namespace quantrail::tracking
