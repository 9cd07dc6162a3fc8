#include "app/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/process.h"

namespace quantrail::app {
namespace {

constexpr std::size_t kLongest = 65536;
constexpr int kNotStarted = 127;

/// To its end, so that who writes is never held up; no more than kLongest is kept.
std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    if (text.size() < kLongest) text.append(block.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

ProgramRun run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  std::array<int, 2> pipe{};
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) return {kNotStarted, std::strerror(errno)};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    ::close(nothing);
    return {kNotStarted, std::strerror(errno)};
  }
  const auto child = started({.arguments = arguments, .environment = environment, .input = nothing, .output = pipe[1]});
  ::close(nothing);
  ::close(pipe[1]);
  ProgramRun run{.exit_code = kNotStarted};
  if (child) {
    run.output = read_all(pipe[0]);
    run.exit_code = awaited(*child);
  } else {
    run.output = child.error().message;
  }
  ::close(pipe[0]);
  return run;
}

}  // namespace quantrail::app
