#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tracking/store.h"

namespace quantrail::tracking {

/// What could be read of a damaged store.
struct Recovered {
  std::map<std::string, std::int64_t> rows{};  ///< by table
  std::int64_t runs = 0;
  std::int64_t iterations = 0;
  std::int64_t dropped = 0;           ///< rows that were read but belong to something that was not
  std::filesystem::path set_aside{};  ///< where the damaged file is now
};

/// Reads what can be read of the store's database, row by row around what is damaged, into a new one that takes its
/// place; the damaged file is kept beside it. A run whose record is whole stays as it is; of one whose iterations have
/// a gap, those before it stay, and it can be continued. Answers that are lost are computed again when they are needed.
/// Errors: InvalidInput for a file that is sound, missing, of a newer version, or of which nothing can be read, naming
/// backups that are there; Owned while a worker is at work.
[[nodiscard]] Result<Recovered> recover(const std::filesystem::path& folder, StoreOptions options = {});

}  // namespace quantrail::tracking
