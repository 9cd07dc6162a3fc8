#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace quantrail {

/// Calls work(index, worker) once for each index in [0, count), on `threads` threads (at least one; worker in
/// [0, threads)). Indices are handed out in ascending order to whoever is free, so callers store results by index
/// and never by arrival. No new index starts once `stop` was requested. The first exception thrown by `work` is
/// rethrown after all threads ended.
void parallel_for(std::size_t count, std::size_t threads, std::stop_token stop,
                  const std::function<void(std::size_t index, std::size_t worker)>& work);

/// Threads to use when the user named none: the processors this process may run on, at least 1.
[[nodiscard]] std::size_t default_threads();

}  // namespace quantrail
