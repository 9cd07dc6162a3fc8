#pragma once

#include <algorithm>
#include <cstddef>

namespace quantrail {

/// Calls work(first, last, piece) on numbered pieces of [0, count) that begin at multiples of `unit`, one for each of
/// up to `threads` threads of OpenMP's, the calling one among them. Which piece a thread gets depends on the numbers
/// alone.
template <class Work>
void shared_work(std::size_t threads, std::size_t count, std::size_t unit, const Work& work) {
  const std::size_t units = (count + unit - 1) / unit;
  const std::size_t pieces = std::min(threads, units);
  if (pieces < 2) {
    if (count > 0) work(std::size_t{0}, count, std::size_t{0});
    return;
  }
#pragma omp parallel for num_threads(static_cast <int>(pieces)) schedule(static, 1)
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    work(units * piece / pieces * unit, std::min(count, units * (piece + 1) / pieces * unit), piece);
  }
}

/// Of `threads`, those that moving or computing `count` elements one by one is worth.
[[nodiscard]] inline std::size_t worthwhile_threads(std::size_t threads, std::size_t count) {
  constexpr std::size_t kLeast = 8192;
  return count < kLeast ? 1 : threads;
}

/// The same for work on each of `count` elements alone: work(first, last).
template <class Work>
void shared_elements(std::size_t threads, std::size_t count, const Work& work) {
  constexpr std::size_t kUnit = 64;  // whole cache lines
  shared_work(worthwhile_threads(threads, count), count, kUnit,
              [&](std::size_t first, std::size_t last, std::size_t) { work(first, last); });
}

}  // namespace quantrail
