#include "tui/terminal_guard.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

namespace quantrail::tui {
namespace {

constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// A signal handler may touch nothing that is built or locked: plain memory, filled in beforehand.
struct Kept {
  int descriptor = -1;
  bool has_modes = false;
  termios modes{};
  std::array<char, 512> restoring{};
  std::size_t length = 0;
};
Kept kept;
std::array<struct sigaction, kCrashes.size()> handlers_before{};

extern "C" void on_crash(int number) {
  if (kept.descriptor >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(kept.descriptor, kept.restoring.data(), kept.length);
    if (kept.has_modes) ::tcsetattr(kept.descriptor, TCSANOW, &kept.modes);
  }
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(number, &usual, nullptr);
  ::raise(number);
}

}  // namespace

TerminalGuard::TerminalGuard(int descriptor) {
  kept.length = 0;
  kept.has_modes = ::tcgetattr(descriptor, &kept.modes) == 0;
  kept.descriptor = descriptor;
  struct sigaction action {};
  action.sa_handler = on_crash;
  action.sa_flags = SA_NODEFER;
  for (std::size_t at = 0; at < kCrashes.size(); ++at) ::sigaction(kCrashes[at], &action, &handlers_before[at]);
}

TerminalGuard::~TerminalGuard() {
  for (std::size_t at = 0; at < kCrashes.size(); ++at) ::sigaction(kCrashes[at], &handlers_before[at], nullptr);
  kept.descriptor = -1;
}

void TerminalGuard::restore_with(const std::string& sequence) {
  kept.length = std::min(sequence.size(), kept.restoring.size());
  std::memcpy(kept.restoring.data(), sequence.data(), kept.length);
}

}  // namespace quantrail::tui
