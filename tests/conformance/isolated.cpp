#include "conformance/isolated.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace quantrail::conformance {
namespace {

void write_all(int pipe, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(pipe, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) at += static_cast<std::size_t>(written);
  }
}

/// What arrives until the other end closes. False: the deadline came first.
bool read_until_closed(int pipe, std::chrono::steady_clock::time_point deadline, std::string& text) {
  std::array<char, 4096> buffer{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    const auto count = ::read(pipe, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Ending isolated(const std::function<std::string()>& work, std::chrono::seconds limit) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {Ending::Kind::Crashed, "no pipe"};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_all(ends[1], work());
    ::_exit(0);
  }
  ::close(ends[1]);
  Ending ending;
  const bool in_time = read_until_closed(ends[0], std::chrono::steady_clock::now() + limit, ending.answer);
  ::close(ends[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return {Ending::Kind::TookTooLong, {}};
  const bool whole = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  ending.kind = whole ? Ending::Kind::Answered : Ending::Kind::Crashed;
  return ending;
}

}  // namespace quantrail::conformance
