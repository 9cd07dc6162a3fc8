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

/// Whether a run is over, as far as those who come after it are concerned. One whose worker on another machine gives no
/// news is not: that may be at work all the same.
bool has_ended(const RunSummary& run) {
  return run.state == RunState::Done || run.state == RunState::Failed || run.state == RunState::Interrupted;
}

/// The run that `run` comes after, while that has not ended.
const RunSummary* before(const RunSummary& run, const std::vector<RunSummary>& runs) {
  if (!run.start_after) return nullptr;
  const RunSummary* other = find(runs, *run.start_after);
  return other != nullptr && !has_ended(*other) ? other : nullptr;
}

std::string reason_to_wait_for(const RunSummary& other) {
  const std::string name = printable(other.name);
  if (other.state != RunState::Unknown) {
    return fmt::format("waiting for run {} ({}), which is {}", other.id, name, name_of(other.state));
  }
  return fmt::format(
      "waiting for run {} ({}), though there is {}: if that is dead, `quantrail resume {} --take-over` goes on with "
      "run "
      "{}, and this one begins when that ends",
      other.id, name, printable(other.reason), other.id, other.id);
}

}  // namespace

std::string reason_to_wait(std::int64_t id, const std::vector<RunSummary>& runs) {
  const RunSummary* run = find(runs, id);
  if (run == nullptr) return {};
  if (const auto* other = before(*run, runs)) return reason_to_wait_for(*other);
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
