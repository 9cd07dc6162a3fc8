#pragma once

#include <cstdint>
#include <string>

#include "tracking/host.h"
#include "tracking/lock_file.h"

namespace quantrail::tracking {

/// What a worker wrote down about itself.
struct WorkerIdentity {
  std::string host{};
  std::string boot_id{};
  std::int64_t pid = 0;
  std::int64_t pid_start = 0;
  std::int64_t beat_ms = 0;  ///< its latest sign of life, by its own clock
};

enum class Liveness { Alive, Dead, Unknown };

struct Verdict {
  Liveness liveness = Liveness::Unknown;
  std::string reason{};  ///< why not alive, for people
};

/// Whether the worker lives, as seen from `host`. A lock that is held is the proof, from wherever it can be seen and
/// whatever the clocks say; on the machine and boot where the worker runs, a free one is proof of death. So is another
/// boot of its machine. Another machine can only say whether there was news within kNewsMs, by the clock.
[[nodiscard]] Verdict judged(const WorkerIdentity& worker, const Host& host, LockState lock);

inline constexpr std::int64_t kNewsMs = 60'000;

}  // namespace quantrail::tracking
