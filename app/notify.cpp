#include "app/notify.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "app/numbers.h"
#include "tracking/runs.h"

namespace quantrail::app {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kLook = std::chrono::milliseconds(20);

std::vector<std::string> environment_of(const tracking::RunSummary& run, const tracking::Store& store) {
  std::vector<std::string> variables{
      fmt::format("QUANTRAIL_RUN={}", run.id),
      "QUANTRAIL_NAME=" + run.name,
      fmt::format("QUANTRAIL_STATE={}", tracking::name_of(run.state)),
      fmt::format("QUANTRAIL_OUTCOME={}", run.outcome ? quantrail::name_of(*run.outcome) : ""),
      "QUANTRAIL_REASON=" + run.reason,
      "QUANTRAIL_METRIC=" + run.metric,
      "QUANTRAIL_BEST=" + decimals(run.best),
      "QUANTRAIL_DROP=" + decimals(run.drop),
      "QUANTRAIL_STORE=" + store.folder().string()};
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  return variables;
}

}  // namespace

void notify_end(const tracking::Store& store, std::int64_t id) {
  auto runs = tracking::Runs::open(store);
  if (!runs) return;
  const auto details = runs->show(id);
  if (!details || details->notify.empty()) return;
  auto variables = environment_of(details->summary, store);
  std::vector<char*> environment;
  for (auto& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::string command = details->notify;
  std::vector<std::string> texts{"/bin/sh", "-c", command};
  std::vector<char*> arguments{texts[0].data(), texts[1].data(), texts[2].data(), nullptr};
  std::fflush(stdout);
  pid_t child = 0;
  if (::posix_spawn(&child, "/bin/sh", nullptr, nullptr, arguments.data(), environment.data()) != 0) return;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
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
