#include <gtest/gtest.h>

#include "runtime/arena.h"
#include "runtime/kernels_random.h"

namespace quantrail {
namespace {

Step step(std::vector<StorageId> reads, std::vector<StorageId> writes, std::size_t scratch_bytes = 0) {
  return {"", std::move(reads), std::move(writes), scratch_bytes, {}};
}

TEST(Arena, ReusesMemoryAlongAChain) {
  const Program program{{{100}, {200}, {300}, {200}}, {step({0}, {1}), step({1}, {2}), step({2}, {3})}};
  // Two neighbours are needed at a time, and each is rounded up to cache lines.
  EXPECT_EQ(arranged(program).bytes, 256U + 320U);
}

TEST(Arena, KeepsInputsAndOutputsApartFromEverything) {
  Program program{{{64, true}, {64}, {64, true}}, {step({0}, {1}), step({1}, {2})}};
  const auto layout = arranged(program);
  EXPECT_NE(layout.offsets[0], layout.offsets[2]);
  EXPECT_EQ(layout.bytes, 3U * 64U);
}

TEST(Arena, GivesConstantsNoRoom) {
  const auto bytes = std::make_shared<const std::byte>();
  const Program program{{{1000, false, bytes}, {64, true}}, {step({0}, {1})}};
  EXPECT_EQ(arranged(program).bytes, 64U);
}

TEST(Arena, SharesTheLargestScratchMemoryBetweenSteps) {
  const Program program{{{64, true}}, {step({}, {0}, 100), step({}, {0}, 1000), step({}, {0}, 10)}};
  const auto layout = arranged(program);
  EXPECT_EQ(layout.scratch, 64U);
  EXPECT_EQ(layout.bytes, 64U + 1024U);
}

TEST(Arena, NeverOverlapsWhatIsNeededAtTheSameTime) {
  kernels::Random random(5);
  for (int round = 0; round < 50; ++round) {
    Program program;
    for (int at = 0; at < 20; ++at) program.storages.push_back({static_cast<std::size_t>(random.integer(1, 5000))});
    for (int at = 0; at < 15; ++at) {
      program.steps.push_back(
          step({static_cast<StorageId>(random.integer(0, 19))}, {static_cast<StorageId>(random.integer(0, 19))}));
    }
    const auto layout = arranged(program);
    const auto touches = [&](std::size_t at, StorageId id) {
      return program.steps[at].reads[0] == id || program.steps[at].writes[0] == id;
    };
    const auto alive = [&](std::size_t at, StorageId id) {
      bool before = false;
      bool behind = false;
      for (std::size_t other = 0; other < program.steps.size(); ++other) {
        if (!touches(other, id)) continue;
        before = before || other <= at;
        behind = behind || other >= at;
      }
      return before && behind;
    };
    for (std::size_t at = 0; at < program.steps.size(); ++at) {
      for (StorageId a = 0; a < 20; ++a) {
        for (StorageId b = a + 1; b < 20; ++b) {
          if (!alive(at, a) || !alive(at, b)) continue;
          const bool apart = layout.offsets[a] + program.storages[a].bytes <= layout.offsets[b] ||
                             layout.offsets[b] + program.storages[b].bytes <= layout.offsets[a];
          EXPECT_TRUE(apart) << a << " and " << b << " at step " << at;
        }
        EXPECT_LE(layout.offsets[a] + (alive(at, a) ? program.storages[a].bytes : 0), layout.bytes);
      }
    }
  }
}

}  // namespace
}  // namespace quantrail
