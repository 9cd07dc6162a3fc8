#include "evaluate/cost.h"

#include <gtest/gtest.h>

namespace quantrail {
namespace {

TEST(BlockSamples, FollowTheModelsCost) {
  EXPECT_EQ(block_samples({{"conv", 3'000'000'000}, {"fc", 1'000'000'000}}), 75U);
}

TEST(BlockSamples, AreBoundedForTinyAndForHugeModels) {
  EXPECT_EQ(block_samples({}), 512U);
  EXPECT_EQ(block_samples({{"conv", 1}}), 512U);
  EXPECT_EQ(block_samples({{"conv", 900'000'000'000}}), 1U);
}

}  // namespace
}  // namespace quantrail
