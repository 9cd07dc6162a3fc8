#include "run/pause_gate.h"

namespace quantrail {

void PauseGate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void PauseGate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

void PauseGate::pass(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!closed_ || stop.stop_requested()) return;
  if (waiting_++ == 0) told_(true);
  changed_.wait(lock, stop, [this] { return !closed_; });
  if (--waiting_ == 0) told_(false);
}

}  // namespace quantrail
