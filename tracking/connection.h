#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "tracking/database.h"

namespace quantrail::tracking {

enum class Journal { Automatic, Truncate, Wal };

/// SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log when one connection resets it while another finishes a
/// checkpoint, so those use a rollback journal. `sqlite_version` as in SQLITE_VERSION_NUMBER.
[[nodiscard]] Journal safe_journal(int sqlite_version);

struct ConnectionOptions {
  Journal journal = Journal::Automatic;  ///< Automatic: safe_journal of the library in use
  int busy_timeout_ms = 30'000;          ///< how long to wait for another program's transaction
  std::int64_t max_pages = 0;            ///< size limit of the file, for tests of a full disk; 0: none
};

/// Opens an existing experiment store's file and makes the connection safe: foreign keys checked, every commit synced.
/// Errors: InvalidInput when there is no such file, or it is empty or another program's; Storage when it is damaged,
/// cut off, or its journal mode cannot be had; Blocked when it is locked for too long.
[[nodiscard]] Result<Database> connect(const std::filesystem::path& path, const ConnectionOptions& options);

/// The same for a file that is being made: nothing is checked.
[[nodiscard]] Result<Database> connect_new(const std::filesystem::path& path, const ConnectionOptions& options);

}  // namespace quantrail::tracking
