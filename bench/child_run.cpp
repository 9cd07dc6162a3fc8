#include "child_run.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace quantrail::bench {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// The child's exit code.
Result<int> ran(std::vector<std::string>& arguments, std::vector<std::string>& environment) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int refused =
      posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (refused != 0) return fail(Cause::Backend, "cannot start a child process");
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Result<std::vector<Row>> rows_of_child(std::vector<std::string> arguments, const std::vector<std::string>& environment,
                                       const std::filesystem::path& scratch) {
  const std::string table = scratch / "child.json";
  arguments.insert(arguments.begin(), "quantrail_bench");
  arguments.insert(arguments.end(), {"--json", table});
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  const auto code = ran(arguments, variables);
  if (!code) return failed(code);
  if (*code != 0) return fail(Cause::Backend, "a child process ended with code {}", *code);
  return read_json(table);
}

}  // namespace quantrail::bench
