#include "tracking/run_state.h"

#include <array>
#include <utility>

namespace quantrail::tracking {
namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 8> kStates{{{RunState::Queued, "queued"},
                                                                        {RunState::Running, "running"},
                                                                        {RunState::Paused, "paused"},
                                                                        {RunState::Stopping, "stopping"},
                                                                        {RunState::Interrupted, "interrupted"},
                                                                        {RunState::Done, "done"},
                                                                        {RunState::Failed, "failed"},
                                                                        {RunState::Unknown, "unknown"}}};

}  // namespace

std::string_view name_of(RunState state) {
  for (const auto& [entry, name] : kStates) {
    if (entry == state) return name;
  }
  return "unknown";
}

std::optional<RunState> run_state(std::string_view name) {
  for (const auto& [entry, known] : kStates) {
    if (known == name) return entry;
  }
  return std::nullopt;
}

bool is_live(RunState state) {
  return state == RunState::Running || state == RunState::Paused || state == RunState::Stopping;
}

StateNow state_now(const StateNow& stored, const std::optional<Verdict>& worker) {
  const bool waits = stored.state == RunState::Queued && worker;
  if (!is_live(stored.state) && !waits) return stored;
  if (!worker) return {RunState::Interrupted, "no worker owns the run"};
  switch (worker->liveness) {
    case Liveness::Alive: return stored;
    case Liveness::Dead: return {RunState::Interrupted, worker->reason};
    case Liveness::Unknown: return {RunState::Unknown, worker->reason};
  }
  return stored;
}

}  // namespace quantrail::tracking
