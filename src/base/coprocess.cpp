#include "base/coprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "base/process.h"
#include "base/text.h"

namespace quantrail {
namespace {

constexpr std::size_t kLongestAnswer = 1U << 20U;

struct Pipe {
  int read = -1;
  int write = -1;

  [[nodiscard]] bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void close() const {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
};

/// Nobody is killed for writing to a command that has ended: the error says it.
bool asked_of(int to, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(to, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool ends_within(pid_t child, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    siginfo_t seen{};
    if (::waitid(P_PID, static_cast<id_t>(child), &seen, WEXITED | WNOHANG | WNOWAIT) != 0 || seen.si_pid != 0)
      return true;
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

/// Its exit code. Where it does not end by itself, having nothing left to read, it is asked to, and then made to.
int finished(pid_t child) {
  constexpr std::chrono::milliseconds kPatience{2000};
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (ends_within(child, kPatience)) break;
    ::kill(-child, signal);
  }
  ::kill(-child, SIGTERM);  // what it has left running
  return awaited(child);
}

}  // namespace

Result<std::unique_ptr<Coprocess>> Coprocess::start(std::string command, const std::filesystem::path& folder) {
  Pipe questions, answers;
  if (!questions.open() || !answers.open()) {
    const int reason = errno;
    questions.close();
    return fail(Cause::Backend, "{}: {}", printable(command), std::strerror(reason));
  }
  ChildProgram program;
  program.arguments = {"/bin/sh", "-c", "cd \"$0\" && eval \"$1\"", folder.empty() ? "." : folder.string(), command};
  program.input = questions.read;
  program.output = answers.write;
  program.errors = STDERR_FILENO;
  program.own_group = true;
  program.environment = {"PYTHONUNBUFFERED=1"};  // print() would keep its answers for itself
  const auto child = started(program);
  ::close(questions.read);
  ::close(answers.write);
  if (!child) {
    ::close(questions.write);
    ::close(answers.read);
    return failed(child);
  }
  return std::unique_ptr<Coprocess>(new Coprocess(std::move(command), *child, questions.write, answers.read));
}

Coprocess::~Coprocess() {
  ::close(to_);
  ::close(from_);
  if (child_ > 0) (void)finished(child_);
}

Result<std::string> Coprocess::asked(const std::string& line, std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + patience;
  if (spoke_unasked()) {
    return fail(Cause::Backend,
                "{}: wrote more than it was asked for, exactly one line for each line that it reads "
                "is needed",
                printable(command_));
  }
  if (!asked_of(to_, line + "\n")) return tl::unexpected(ended());
  for (;;) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      std::string answer = read_.substr(0, end);
      read_.erase(0, end + 1);
      return answer;
    }
    if (read_.size() > kLongestAnswer)
      return fail(Cause::Backend, "{}: an answer of more than 1 MiB", printable(command_));
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd ready{.fd = from_, .events = POLLIN, .revents = 0};
    const int found = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0)
      return fail(Cause::Backend, "{}: no answer within {} s; a program must flush each line that it writes",
                  printable(command_), patience.count() / 1000);
    std::array<char, 4096> block{};
    const auto size = ::read(from_, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return tl::unexpected(ended());
    read_.append(block.data(), static_cast<std::size_t>(size));
  }
}

bool Coprocess::spoke_unasked() const {
  if (!read_.empty()) return true;
  pollfd ready{.fd = from_, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0;
}

Error Coprocess::ended() {
  const int code = finished(std::exchange(child_, 0));
  return {Cause::Backend, fmt::format("{}: ended with {} instead of answering", printable(command_), code)};
}

}  // namespace quantrail
