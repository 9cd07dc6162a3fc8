#include "runtime/thread_limit.h"

#include <omp.h>

namespace quantrail {

ThreadLimit::ThreadLimit(std::size_t threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(static_cast<int>(threads));
}
ThreadLimit::~ThreadLimit() { omp_set_num_threads(before_); }

}  // namespace quantrail
