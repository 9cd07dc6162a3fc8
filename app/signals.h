#pragma once

#include <stop_token>

namespace quantrail::app {

/// While it lives, SIGINT, SIGTERM and SIGHUP ask the run to stop; a second one ends the process at once (exit code 3).
/// A SIGHUP that the process was started to ignore (nohup) stays ignored. At most one at a time.
class StopOnSignals {
 public:
  explicit StopOnSignals(std::stop_source stop);
  ~StopOnSignals();
  StopOnSignals(const StopOnSignals&) = delete;
  StopOnSignals& operator=(const StopOnSignals&) = delete;
  /// Name of the signal that arrived first, "SIGTERM"; empty when none did.
  [[nodiscard]] static const char* received();
};

}  // namespace quantrail::app
