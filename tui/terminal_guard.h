#pragma once

#include <string>

namespace quantrail::tui {

/// While it lives, a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) first puts back the modes that the terminal had
/// at construction. One at a time.
class TerminalGuard {
 public:
  explicit TerminalGuard(int descriptor);
  ~TerminalGuard();
  /// A crash sends this first.
  void restore_with(const std::string& sequence);
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
};

}  // namespace quantrail::tui
