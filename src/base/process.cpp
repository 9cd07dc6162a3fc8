#include "base/process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace quantrail {
namespace {

/// That this program may ignore, which a program that it starts would inherit.
constexpr std::array kDefaults{SIGPIPE, SIGXFSZ, SIGINT, SIGQUIT};

/// "NAME=", which nothing else begins with.
std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=') + 1); }

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Attributes {
  Attributes() {
    posix_spawnattr_init(&signals);
    posix_spawn_file_actions_init(&files);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : kDefaults) sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&signals, &defaults);
    posix_spawnattr_setflags(&signals, POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() {
    posix_spawnattr_destroy(&signals);
    posix_spawn_file_actions_destroy(&files);
  }
  void lead_a_group() {
    posix_spawnattr_setpgroup(&signals, 0);
    posix_spawnattr_setflags(&signals, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  posix_spawnattr_t signals{};
  posix_spawn_file_actions_t files{};
};

}  // namespace

std::vector<std::string> environment_with(std::span<const std::string> changes) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const bool changed = std::any_of(changes.begin(), changes.end(),
                                     [&](const std::string& change) { return name_of(change) == name_of(*variable); });
    if (!changed) variables.emplace_back(*variable);
  }
  variables.insert(variables.end(), changes.begin(), changes.end());
  return variables;
}

Result<pid_t> started(const ChildProgram& program) {
  Attributes attributes;
  if (program.input >= 0) posix_spawn_file_actions_adddup2(&attributes.files, program.input, STDIN_FILENO);
  const int errors = program.errors >= 0 ? program.errors : program.output;
  if (errors >= 0 && errors != STDERR_FILENO)
    posix_spawn_file_actions_adddup2(&attributes.files, errors, STDERR_FILENO);
  if (program.output >= 0) posix_spawn_file_actions_adddup2(&attributes.files, program.output, STDOUT_FILENO);
  if (program.own_group) attributes.lead_a_group();
  auto arguments = program.arguments;
  auto environment = environment_with(program.environment);
  pid_t child = 0;
  const int reason = ::posix_spawnp(&child, arguments.front().c_str(), &attributes.files, &attributes.signals,
                                    pointers_to(arguments).data(), pointers_to(environment).data());
  if (reason != 0) return fail(Cause::Backend, "{}: {}", arguments.front(), std::strerror(reason));
  return child;
}

int awaited(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<int> run_in_foreground(const ChildProgram& program) {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction interrupt {};
  struct sigaction quit {};
  sigaction(SIGINT, &ignore, &interrupt);
  sigaction(SIGQUIT, &ignore, &quit);
  const auto child = started(program);
  const auto code = child ? Result<int>(awaited(*child)) : failed(child);
  sigaction(SIGINT, &interrupt, nullptr);
  sigaction(SIGQUIT, &quit, nullptr);
  return code;
}

}  // namespace quantrail
