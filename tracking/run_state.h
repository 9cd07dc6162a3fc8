#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tracking/liveness.h"

namespace quantrail::tracking {

/// Unknown is never stored: it is how a run of another machine shows that gives no news.
enum class RunState { Queued, Running, Paused, Stopping, Interrupted, Done, Failed, Unknown };
[[nodiscard]] std::string_view name_of(RunState state);  // "queued", "running", ..., "unknown"
[[nodiscard]] std::optional<RunState> run_state(std::string_view name);

/// Whether the state says that a worker is at work.
[[nodiscard]] bool is_live(RunState state);

struct StateNow {
  RunState state = RunState::Queued;
  std::string reason{};
};

/// The state to show: the stored one, unless it says that a worker is at work, or waits with a queued run, and `worker`
/// (nothing: no worker owns the run) says otherwise.
[[nodiscard]] StateNow state_now(const StateNow& stored, const std::optional<Verdict>& worker);

}  // namespace quantrail::tracking
