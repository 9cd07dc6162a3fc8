#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace quantrail::tracking {

/// A worker's current step.
struct Progress {
  std::string step{};
  std::string unit{};
  std::int64_t done = 0;
  std::int64_t total = 0;
  double rate = 0.0;  ///< units per second; 0: not known yet
  bool operator==(const Progress&) const = default;
};

/// Takes progress as often as it comes and keeps the latest; the heartbeat writes it to the store. Thread-safe.
class ProgressMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void start(std::string_view step, std::int64_t total, std::string_view unit,
             Time now = std::chrono::steady_clock::now());
  /// What was done before the first call, such as blocks that the store had already, does not count for the rate.
  void advance(std::int64_t done, std::int64_t total, Time now = std::chrono::steady_clock::now());
  [[nodiscard]] Progress latest() const;

 private:
  mutable std::mutex mutex_;
  Progress progress_;  ///< guarded by mutex_, as all below
  bool advanced_ = false;
  std::int64_t first_done_ = 0;
  Time first_time_{};
};

}  // namespace quantrail::tracking
