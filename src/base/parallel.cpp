#include "base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace quantrail {

void parallel_for(std::size_t count, std::size_t threads, std::stop_token stop,
                  const std::function<void(std::size_t, std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> broken{false};
  std::exception_ptr first;
  std::mutex guard;
  const auto loop = [&](std::size_t worker) {
    while (!stop.stop_requested() && !broken.load()) {
      const std::size_t index = next.fetch_add(1);
      if (index >= count) return;
      try {
        work(index, worker);
      } catch (...) {
        const std::scoped_lock lock(guard);
        if (!first) first = std::current_exception();
        broken = true;
      }
    }
  };
  const std::size_t used = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(count, 1));
  std::vector<std::jthread> others;
  others.reserve(used - 1);
  for (std::size_t worker = 1; worker < used; ++worker) others.emplace_back([&loop, worker] { loop(worker); });
  loop(0);
  others.clear();
  if (first) std::rethrow_exception(first);
}

std::size_t default_threads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&allowed)));
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace quantrail
