#include "tracking/queue.h"

#include <algorithm>

#include "base/text.h"

namespace quantrail::tracking {
namespace {

const RunSummary* find(const std::vector<RunSummary>& runs, std::int64_t id) {
  const auto found = std::find_if(runs.begin(), runs.end(), [&](const RunSummary& run) { return run.id == id; });
  return found == runs.end() ? nullptr : &*found;
}

bool waits(const RunSummary& run) { return run.state == RunState::Queued && run.owned; }

/// The run that `run` comes after, while that has not ended.
const RunSummary* before(const RunSummary& run, const std::vector<RunSummary>& runs) {
  if (!run.start_after) return nullptr;
  const RunSummary* other = find(runs, *run.start_after);
  return other != nullptr && (is_live(other->state) || other->state == RunState::Queued) ? other : nullptr;
}

}  // namespace

std::string reason_to_wait(std::int64_t id, const std::vector<RunSummary>& runs) {
  const RunSummary* run = find(runs, id);
  if (run == nullptr) return {};
  if (const auto* other = before(*run, runs)) {
    return fmt::format("waiting for run {} ({}), which is {}", other->id, printable(other->name),
                       name_of(other->state));
  }
  if (!run->start_below) return {};
  std::int64_t at_work = 0;
  std::int64_t ahead = 0;
  for (const auto& other : runs) {
    if (other.id == id) continue;
    if (is_live(other.state)) ++at_work;
    if (waits(other) && other.start_below && other.id < id && before(other, runs) == nullptr) ++ahead;
  }
  if (at_work + ahead < *run->start_below) return {};
  return fmt::format("waiting for its turn: {} at work{}, {} at a time", at_work,
                     ahead > 0 ? fmt::format(", {} before it", ahead) : "", *run->start_below);
}

}  // namespace quantrail::tracking
