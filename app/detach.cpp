#include "app/detach.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "app/self.h"

namespace quantrail::app {
namespace {

/// In the child: everything up to exec, with async-signal-safe calls only. Reports errno through `report` and ends.
[[noreturn]] void become_worker(const char* program, char* const* arguments, const char* log, int report) {
  const auto give_up = [report] {
    const int reason = errno;
    [[maybe_unused]] const ssize_t written = ::write(report, &reason, sizeof reason);
    _exit(127);
  };
  if (::setsid() < 0) give_up();
  const pid_t child = ::fork();
  if (child < 0) give_up();
  if (child > 0) _exit(0);
  const int empty = ::open("/dev/null", O_RDONLY);
  const int file = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (empty < 0 || file < 0 || ::dup2(empty, 0) < 0 || ::dup2(file, 1) < 0 || ::dup2(file, 2) < 0) give_up();
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGHUP, &ignore, nullptr);
  if (::chdir("/") != 0) give_up();
  ::execv(program, arguments);
  give_up();
  _exit(127);
}

}  // namespace

Status start_detached(const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  const SelfArguments self(arguments);
  std::array<int, 2> report{};
  if (::pipe2(report.data(), O_CLOEXEC) != 0)
    return fail(Cause::Backend, "cannot start a worker: {}", std::strerror(errno));
  const pid_t child = ::fork();
  if (child == 0) become_worker(self.program(), self.pointers(), log.c_str(), report[1]);
  ::close(report[1]);
  int reason = child < 0 ? errno : 0;
  if (child > 0) {
    // Ends without a byte when exec succeeded, since the pipe closes there.
    while (::read(report[0], &reason, sizeof reason) < 0 && errno == EINTR) {
    }
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(report[0]);
  if (reason != 0)
    return fail(Cause::Backend, "cannot start a worker that writes {}: {}", log.string(), std::strerror(reason));
  return {};
}

}  // namespace quantrail::app
