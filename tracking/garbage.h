#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tracking/store.h"

namespace quantrail::tracking {

/// What may be deleted of a store.
enum class Garbage {
  Trash,    ///< the runs in the trash, with all that was recorded of them
  Orphans,  ///< models, logs and locks that belong to no run, and what was left half-made
  Answers,  ///< memoised answers: nothing recorded is lost, but runs compute again what they ask for
  Backups,  ///< copies that were made before the store was updated or recovered
};
[[nodiscard]] std::string_view name_of(Garbage kind);  // "trash", "orphans", "answers", "backups"
[[nodiscard]] std::optional<Garbage> garbage(std::string_view name);
[[nodiscard]] std::span<const Garbage> all_garbage();

struct GarbageFound {
  Garbage kind = Garbage::Trash;
  std::int64_t things = 0;
  std::uint64_t bytes = 0;  ///< about as many; of database rows, what they hold
};

/// What there is of each kind. Deletes nothing.
[[nodiscard]] Result<std::vector<GarbageFound>> found_garbage(const Store& store);

struct Collected {
  std::vector<GarbageFound> gone{};
  std::uint64_t bytes_before = 0;  ///< of the whole store
  std::uint64_t bytes_after = 0;
  std::optional<Error> not_compacted{};  ///< why the database's file could not shrink; nothing: it could
};

/// Deletes these kinds. Rows go first, files second, so that a crash leaves orphans at most.
/// Errors: Owned for Answers while a worker is at work, which may be about to read them; Blocked; Storage.
[[nodiscard]] Result<Collected> collected(const Store& store, std::span<const Garbage> kinds);

/// What a run takes of the disk.
struct DiskUse {
  std::int64_t run = 0;
  std::string name{};
  std::uint64_t own_bytes = 0;     ///< gone with the run: its rows, its log, a model that no other run has
  std::uint64_t shared_bytes = 0;  ///< a model that other runs have too
};
/// Largest first, runs in the trash included.
[[nodiscard]] Result<std::vector<DiskUse>> disk_use(const Store& store);

}  // namespace quantrail::tracking
