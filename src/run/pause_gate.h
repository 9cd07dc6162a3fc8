#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace quantrail {

/// Where a run waits while somebody wants it to. Thread-safe.
class PauseGate {
 public:
  /// `told` is called with true when the first thread begins to wait and with false when it goes on, one call at a
  /// time.
  explicit PauseGate(std::function<void(bool)> told) : told_(std::move(told)) {}

  void close();
  void open();
  /// Returns at once while the gate is open, else when it opens or `stop` is requested.
  void pass(const std::stop_token& stop);

 private:
  std::function<void(bool)> told_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closed_ = false;  ///< guarded by mutex_
  int waiting_ = 0;      ///< guarded by mutex_
};

}  // namespace quantrail
