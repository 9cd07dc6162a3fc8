#include "run/patience.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace quantrail {

Status Patience::wait(int tries, const std::string& why) const {
  constexpr std::chrono::milliseconds kFirst{200};
  constexpr std::chrono::milliseconds kLongest{30'000};
  if (tries == 0) observer_.on_event(Noted{fmt::format("waiting for storage: {}", why)});
  const auto pause = std::min(kLongest, kFirst * (1 << std::min(tries, 10)));
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop_, pause, [] { return false; });
  if (stop_.stop_requested()) return fail(Cause::Cancelled, "stopped while waiting for storage: {}", why);
  return {};
}

}  // namespace quantrail
