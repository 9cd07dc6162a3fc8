#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/progress.h"
#include "app/signals.h"
#include "run/patience.h"

namespace quantrail::app {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(500);

/// Turns what the store says from one look to the next into the events of a run.
class Follower {
 public:
  explicit Follower(RunObserver& observer) : observer_(observer) {}

  void see(const tracking::RunDetails& details) {
    if (details.baseline && !baseline_shown_) {
      observer_.on_event(*details.baseline);
      baseline_shown_ = true;
    }
    for (; rankings_ < details.rankings.size(); ++rankings_) observer_.on_event(details.rankings[rankings_]);
    for (; iterations_ < details.iterations.size(); ++iterations_) observer_.on_event(details.iterations[iterations_]);
    if (!details.lease || details.lease->step.empty()) return;
    if (details.summary.state == tracking::RunState::Queued) {
      if (details.lease->step != step_)
        observer_.on_event(Noted{fmt::format("run {} is {}", details.summary.id, details.lease->step)});
      step_ = details.lease->step;
      return;
    }
    const auto total = static_cast<std::size_t>(details.lease->total);
    if (details.lease->step != step_) {
      step_ = details.lease->step;
      observer_.on_event(StepStarted{step_, total, details.lease->unit});
    }
    observer_.on_event(StepProgress{static_cast<std::size_t>(details.lease->done), total});
  }

 private:
  RunObserver& observer_;
  bool baseline_shown_ = false;
  std::size_t rankings_ = 0;
  std::size_t iterations_ = 0;
  std::string step_{};
};

int ended(const tracking::RunDetails& details, ProgressPrinter& printer) {
  using tracking::RunState;
  const auto& summary = details.summary;
  switch (summary.state) {
    case RunState::Done:
      if (details.result) printer.on_event(*details.result);
      return summary.outcome ? exit_code(*summary.outcome) : kDone;
    case RunState::Failed:
      printer.on_event(Noted{fmt::format("run {} failed: {}", summary.id, summary.reason)});
      return kFailed;
    default:
      printer.on_event(Noted{fmt::format("run {} is {}: {}; `quantrail resume {}` goes on with it", summary.id,
                                         tracking::name_of(summary.state), summary.reason, summary.id)});
      return kStopped;
  }
}

bool goes_on(tracking::RunState state) { return tracking::is_live(state) || state == tracking::RunState::Queued; }

}  // namespace

int run(const Options& options, const WatchCommand& command) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Read);
  if (!named) return complained(named.error());
  std::stop_source stop;
  const StopOnSignals signals(stop);
  ProgressPrinter printer(stdout, ::isatty(STDOUT_FILENO) == 1);
  Follower follower(printer);
  const Patience patiently(printer, stop.get_token());
  while (!stop.stop_requested()) {
    const auto details = patiently([&] { return named->runs.show(named->id); });
    if (!details && details.error().cause == Cause::Cancelled) return kStopped;
    if (!details) return complained(details.error());
    follower.see(*details);
    if (!goes_on(details->summary.state)) return ended(*details, printer);
    std::this_thread::sleep_for(kPoll);
  }
  return kStopped;
}

}  // namespace quantrail::app
