#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace quantrail::tracking {

/// What a network file system is called by statfs(2)'s magic number; empty for one on this machine. Locks and syncs of
/// a network file system are what its server makes of them.
[[nodiscard]] std::string_view network_name(std::int64_t magic);

/// Of the file system that the path lies on; empty for one on this machine, or where it cannot be told.
[[nodiscard]] std::string_view network_of(const std::filesystem::path& path);

}  // namespace quantrail::tracking
