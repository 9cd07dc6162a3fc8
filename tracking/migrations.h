#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "base/error.h"
#include "tracking/database.h"

namespace quantrail::tracking {

/// The file's schema version (PRAGMA user_version).
[[nodiscard]] Result<std::size_t> schema_version(Database& database);

/// Brings the schema from its version to steps.size() in one transaction, so that a kill or a failure leaves the file
/// as it was. Before the first step the store is copied to `backup`, when given, which stays only if the update
/// succeeds; where several processes begin at once, one of them makes copy and update. Errors: InvalidInput when the
/// store is newer than the steps.
[[nodiscard]] Status migrate(Database& database, std::span<const char* const> steps,
                             const std::optional<std::filesystem::path>& backup);

}  // namespace quantrail::tracking
