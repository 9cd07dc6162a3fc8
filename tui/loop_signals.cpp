#include "tui/loop_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>

namespace quantrail::tui {
namespace {

std::atomic<int> wake_end{-1};
volatile std::sig_atomic_t leaving = 0;

extern "C" void on_leave(int) {
  leaving = 1;
  WakePipe::wake();
}

}  // namespace

WakePipe::WakePipe() {
  if (::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends_ = {-1, -1};
  wake_end = ends_[1];
}

WakePipe::~WakePipe() {
  wake_end = -1;
  for (const int end : ends_) {
    if (end >= 0) ::close(end);
  }
}

void WakePipe::drain() const {
  std::array<char, 64> bytes{};
  while (::read(ends_[0], bytes.data(), bytes.size()) > 0) {
  }
}

void WakePipe::wake() {
  const char byte = 0;
  if (wake_end >= 0) [[maybe_unused]]
    const ssize_t written = ::write(wake_end, &byte, 1);
}

LeaveSignals::LeaveSignals() {
  leaving = 0;
  struct sigaction action {};
  action.sa_handler = on_leave;
  for (std::size_t at = 0; at < kSignals.size(); ++at) ::sigaction(kSignals[at], &action, &old_[at]);
}

LeaveSignals::~LeaveSignals() {
  for (std::size_t at = 0; at < kSignals.size(); ++at) ::sigaction(kSignals[at], &old_[at], nullptr);
}

bool LeaveSignals::arrived() { return leaving != 0; }

}  // namespace quantrail::tui
