#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace quantrail {
namespace {

TEST(ParallelFor, DoesEachIndexOnceWhateverTheThreads) {
  for (const std::size_t threads : {0U, 1U, 3U, 50U}) {
    std::vector<std::atomic<int>> done(20);
    parallel_for(done.size(), threads, {}, [&](std::size_t index, std::size_t worker) {
      EXPECT_LT(worker, std::max<std::size_t>(threads, 1));
      ++done[index];
    });
    for (const auto& count : done) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, DoesNothingForNothing) {
  parallel_for(0, 4, {}, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(ParallelFor, StartsNoNewIndexOnceStopped) {
  std::stop_source stop;
  std::atomic<int> done = 0;
  parallel_for(1000, 1, stop.get_token(), [&](std::size_t, std::size_t) {
    if (++done == 10) stop.request_stop();
  });
  EXPECT_EQ(done, 10);
}

TEST(ParallelFor, ThrowsWhatWasThrownAfterAllEnded) {
  std::atomic<int> running = 0;
  const auto work = [&](std::size_t index, std::size_t) {
    ++running;
    if (index == 3) {
      --running;
      throw std::runtime_error("three");
    }
    --running;
  };
  EXPECT_THROW(parallel_for(100, 3, {}, work), std::runtime_error);
  EXPECT_EQ(running, 0);
}

TEST(DefaultThreads, IsAtLeastOne) { EXPECT_GE(default_threads(), 1U); }

}  // namespace
}  // namespace quantrail
