#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace quantrail::tracking {

/// What the store must know about the machine it runs on. Plain values and functions, so that a test can be another
/// machine, or a later time.
struct Host {
  std::string name{};
  std::string boot_id{};  ///< differs after every boot; equal for all containers of one kernel
  std::int64_t pid = 0;   ///< of this process
  /// Milliseconds since 1970 (UTC), for display; no decision rests on it alone.
  std::function<std::int64_t()> now_ms{};
  /// When a process started, in clock ticks since boot; nothing when there is no such process.
  std::function<std::optional<std::int64_t>(std::int64_t pid)> process_start{};
};

[[nodiscard]] Host this_host();

}  // namespace quantrail::tracking
