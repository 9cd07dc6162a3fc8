#pragma once

#include <cstddef>

namespace quantrail {

/// While it lives, OpenMP code started by the calling thread (oneDNN's primitives, and what they are compiled for) uses
/// at most so many threads, the calling one among them.
class ThreadLimit {
 public:
  explicit ThreadLimit(std::size_t threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  int before_;
};

}  // namespace quantrail
