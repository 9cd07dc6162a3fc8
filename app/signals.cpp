#include "app/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

namespace quantrail::app {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t first_signal = 0;
volatile int signal_pipe = -1;

extern "C" void on_stop_signal(int number) {
  if (first_signal != 0) _exit(3);
  first_signal = number;
  const int saved = errno;
  const char byte = 's';
  [[maybe_unused]] const ssize_t written = ::write(signal_pipe, &byte, 1);
  errno = saved;
}

struct Installed {
  std::array<int, 2> pipe{-1, -1};
  std::array<struct sigaction, kSignals.size()> old{};
  std::thread waiter{};
};
Installed installed;

}  // namespace

StopOnSignals::StopOnSignals(std::stop_source stop) {
  first_signal = 0;
  if (::pipe2(installed.pipe.data(), O_CLOEXEC) != 0) return;
  signal_pipe = installed.pipe[1];
  // Stop callbacks take locks, which a signal handler must not: a thread waits for its byte instead.
  installed.waiter = std::thread([stop, end = installed.pipe[0]]() mutable {
    char byte = 0;
    while (::read(end, &byte, 1) < 0 && errno == EINTR) {
    }
    if (byte == 's') stop.request_stop();
  });
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t at = 0; at < kSignals.size(); ++at) {
    sigaction(kSignals[at], nullptr, &installed.old[at]);
    // Ignored by whoever started us (nohup, detached workers): the run shall outlive its terminal.
    if (kSignals[at] == SIGHUP && installed.old[at].sa_handler == SIG_IGN) continue;
    sigaction(kSignals[at], &action, nullptr);
  }
}

StopOnSignals::~StopOnSignals() {
  if (!installed.waiter.joinable()) return;
  for (std::size_t at = 0; at < kSignals.size(); ++at) sigaction(kSignals[at], &installed.old[at], nullptr);
  signal_pipe = -1;
  ::close(installed.pipe[1]);
  installed.waiter.join();
  ::close(installed.pipe[0]);
}

const char* StopOnSignals::received() {
  switch (first_signal) {
    case SIGINT: return "SIGINT";
    case SIGTERM: return "SIGTERM";
    case SIGHUP: return "SIGHUP";
    default: return "";
  }
}

}  // namespace quantrail::app
