#include "tracking/progress.h"

#include <algorithm>

namespace quantrail::tracking {

void ProgressMeter::start(std::string_view step, std::int64_t total, std::string_view unit, Time now) {
  const std::lock_guard lock(mutex_);
  progress_ = {.step = std::string(step), .unit = std::string(unit), .total = std::max<std::int64_t>(total, 0)};
  advanced_ = false;
  first_time_ = now;
}

void ProgressMeter::advance(std::int64_t done, std::int64_t total, Time now) {
  const std::lock_guard lock(mutex_);
  progress_.done = std::max<std::int64_t>(done, 0);
  progress_.total = std::max<std::int64_t>(total, 0);
  if (!advanced_) {
    advanced_ = true;
    first_done_ = progress_.done;
    first_time_ = now;
    return;
  }
  const double seconds = std::chrono::duration<double>(now - first_time_).count();
  const auto units = static_cast<double>(progress_.done - first_done_);
  progress_.rate = seconds > 0.0 && units > 0.0 ? units / seconds : 0.0;
}

Progress ProgressMeter::latest() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

}  // namespace quantrail::tracking
