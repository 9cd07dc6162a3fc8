#include "app/notify.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "app/numbers.h"
#include "base/process.h"
#include "base/text.h"
#include "tracking/runs.h"

namespace quantrail::app {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kLook = std::chrono::milliseconds(20);

/// What the command is told.
std::vector<std::string> environment_of(const tracking::RunSummary& run, const tracking::Store& store) {
  return {fmt::format("QUANTRAIL_RUN={}", run.id),
          "QUANTRAIL_NAME=" + run.name,
          fmt::format("QUANTRAIL_STATE={}", tracking::name_of(run.state)),
          fmt::format("QUANTRAIL_OUTCOME={}", run.outcome ? quantrail::name_of(*run.outcome) : ""),
          "QUANTRAIL_REASON=" + run.reason,
          "QUANTRAIL_METRIC=" + run.metric,
          "QUANTRAIL_BEST=" + decimals(run.best),
          "QUANTRAIL_DROP=" + decimals(run.drop),
          "QUANTRAIL_STORE=" + store.folder().string()};
}

/// What became of the command, where that is worth a warning.
std::string failure_of(const tracking::RunDetails& details, const tracking::Store& store) {
  const std::string folder = details.notify_folder.empty() ? "." : details.notify_folder.string();
  const auto child = started({.arguments = {"/bin/sh", "-c", "cd \"$0\" && eval \"$1\"", folder, details.notify},
                              .environment = environment_of(details.summary, store)});
  if (!child) return "the command of --notify was not started: " + child.error().message;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(*child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until)
      return "the command of --notify is still at work after a minute; not waiting for it";
    std::this_thread::sleep_for(kLook);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  return fmt::format("the command of --notify, run in {}, ended with {}", folder,
                     WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

void notify_end(const tracking::Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return;
  const auto details = runs->show(id);
  if (!details || details->notify.empty()) return;
  std::fflush(stdout);
  const std::string failure = failure_of(*details, store);
  if (failure.empty()) return;
  fmt::print(stderr, "quantrail: {}\n", printable(failure));
  if (const auto kept = runs->warn(id, failure); !kept)
    fmt::print(stderr, "quantrail: not in the run's log: {}\n", printable(kept.error().message));
}

}  // namespace quantrail::app
