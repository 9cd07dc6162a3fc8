#include "app/notify.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "app/numbers.h"
#include "base/process.h"
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

}  // namespace

void notify_end(const tracking::Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return;
  const auto details = runs->show(id);
  if (!details || details->notify.empty()) return;
  std::fflush(stdout);
  const auto child = started(
      {.arguments = {"/bin/sh", "-c", details->notify}, .environment = environment_of(details->summary, store)});
  if (!child) return;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(*child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      fmt::print(stderr, "quantrail: the command of --notify is still at work after a minute; not waiting for it\n");
      return;
    }
    std::this_thread::sleep_for(kLook);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print(stderr, "quantrail: the command of --notify ended with {}\n",
               WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
}

}  // namespace quantrail::app
