#pragma once

#include <array>
#include <csignal>

namespace quantrail::tui {

/// A pipe that ends poll(): signals and workers write a byte into it. One at a time.
class WakePipe {
 public:
  WakePipe();
  ~WakePipe();
  WakePipe(const WakePipe&) = delete;
  WakePipe& operator=(const WakePipe&) = delete;
  [[nodiscard]] int reading_end() const { return ends_[0]; }
  void drain() const;
  /// From any thread and from signal handlers.
  static void wake();

 private:
  std::array<int, 2> ends_{-1, -1};
};

/// Remembers that SIGTERM, SIGHUP or SIGINT asked to leave; puts the old handlers back.
class LeaveSignals {
 public:
  LeaveSignals();
  ~LeaveSignals();
  LeaveSignals(const LeaveSignals&) = delete;
  LeaveSignals& operator=(const LeaveSignals&) = delete;
  [[nodiscard]] static bool arrived();

 private:
  static constexpr std::array kSignals{SIGTERM, SIGHUP, SIGINT};
  std::array<struct sigaction, 3> old_{};
};

}  // namespace quantrail::tui
