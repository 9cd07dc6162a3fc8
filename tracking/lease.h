#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "tracking/lock_file.h"
#include "tracking/ownership.h"
#include "tracking/progress.h"
#include "tracking/run_state.h"
#include "tracking/runs.h"
#include "tracking/store.h"

namespace quantrail::tracking {

class Heartbeat;

struct LeaseOptions {
  std::string environment_json = "{}";  ///< version, instruction set, threads, ...: stored with the attempt
  std::string log_path{};               ///< empty: the worker writes to its terminal
  /// Between two signs of life while the step moves on, and three times as long while there is nothing new to tell.
  std::chrono::milliseconds period{2000};
  bool waiting = false;  ///< the run stays queued until state(Running)
  /// Take over from a worker on another machine that gives no news. The fencing token keeps it from writing, should it
  /// wake up. Never takes over from a worker that is known to live.
  bool take_over_silent = false;
  /// Called for every request, on the heartbeat's thread, within half a period; returns the answer for whoever asked,
  /// empty: it is answered by the end of the attempt. Called again while the answer cannot be stored.
  std::function<std::string(const Request&)> on_request{};
  /// Called at most once, on the heartbeat's thread, when another worker took the run over.
  std::function<void()> on_lost{};
};

/// Ownership of one run by this process, from acquire() to release(), with a thread that shows signs of life and the
/// current step, and looks for requests. A lease that is destroyed without release() looks like a killed worker.
class Lease {
 public:
  /// Makes this process the run's worker: a new attempt, state Running. What a dead predecessor left open is closed:
  /// its attempt as "lost", its requests as unanswered.
  /// Errors: Owned when another worker lives, or may live; InvalidInput when there is no such run or it is done;
  /// Blocked, Storage.
  [[nodiscard]] static Result<std::unique_ptr<Lease>> acquire(const Store& store, std::int64_t run,
                                                              LeaseOptions options);

  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  [[nodiscard]] const Ownership& owner() const { return owner_; }
  [[nodiscard]] ProgressMeter& progress() { return progress_; }

  /// Running, from queued or paused; or Paused, from running. Any thread. Errors: Owned when the run was taken over.
  [[nodiscard]] Status state(RunState state);

  /// Ends the attempt as Done (after Recorder::finished), Failed or Interrupted with a reason, and gives the run up.
  /// May be repeated after a Storage error. Errors: Owned when the run was taken over.
  [[nodiscard]] Status release(RunState end, std::string_view reason);

 private:
  Lease(const Store& store, const Ownership& owner, LockFile lock);

  Store store_;
  Ownership owner_;
  std::optional<LockFile> lock_;  ///< nothing once released
  ProgressMeter progress_;
  std::unique_ptr<Heartbeat> heartbeat_;  ///< after what it uses, so that it ends first
};

}  // namespace quantrail::tracking
