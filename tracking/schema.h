#pragma once

#include <cstdint>
#include <span>

namespace quantrail::tracking {

/// In the header of every experiment store: "QTRL".
inline constexpr std::int64_t kApplicationId = 0x5154524C;

/// Step i takes a store from version i (PRAGMA user_version) to i + 1. Steps are only ever appended.
[[nodiscard]] std::span<const char* const> schema_steps();

}  // namespace quantrail::tracking
