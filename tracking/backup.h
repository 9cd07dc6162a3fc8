#pragma once

#include <cstdint>
#include <filesystem>

#include "tracking/store.h"

namespace quantrail::tracking {

struct Backup {
  std::uint64_t database_bytes = 0;
  std::size_t models = 0;
  std::uint64_t model_bytes = 0;
};

/// A copy of the store, of one moment, while its workers go on: a folder that is a store itself. It has its name only
/// once it is whole and was checked; what a copy of that name left that was killed goes a day later. `files`: base
/// models, without which exports need the original files, and what workers printed, too. Errors: InvalidInput when `to`
/// is there already or lies in the store; Storage.
[[nodiscard]] Result<Backup> back_up(const Store& store, const std::filesystem::path& to, bool files);

}  // namespace quantrail::tracking
