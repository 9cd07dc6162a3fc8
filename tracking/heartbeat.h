#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "tracking/lease.h"

namespace quantrail::tracking {

/// The thread of a lease: on a connection of its own a look for requests twice in every period, and a sign of life with
/// the current step once, or more rarely while that stays what it is, since each is a synced write. Failures of the
/// store are left to the next look.
class Heartbeat {
 public:
  Heartbeat(const Store& store, const Ownership& owner, const ProgressMeter& progress, LeaseOptions options);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  enum class Beat { Done, Failed, Lost, Ended };
  void beat_until(const std::stop_token& stop);
  [[nodiscard]] bool due() const;
  [[nodiscard]] Beat beat(Database& database);
  [[nodiscard]] Beat without_lease(Database& database) const;
  void tell_requests(Database& database);
  [[nodiscard]] bool answered(Database& database, const Request& request, const std::string& text);

  Store store_;
  Ownership owner_;
  const ProgressMeter& progress_;
  LeaseOptions options_;
  std::chrono::steady_clock::time_point written_at_{};  ///< the latest sign of life
  Progress written_{};                                  ///< with it
  std::set<std::int64_t> told_;                         ///< requests that on_request need not hear of again
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace quantrail::tracking
