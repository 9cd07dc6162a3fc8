#include "data/subset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FirstSamples, AreAllWhenThereAreFewer) {
  EXPECT_THAT(first_samples(5, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(first_samples(2, 3), ElementsAre(0, 1));
  EXPECT_THAT(first_samples(0, 3), IsEmpty());
}

TEST(DrawnSamples, AreTheSameOnEveryMachine) {
  EXPECT_THAT(drawn_samples(100, 5, 0), ElementsAre(18, 25, 37, 47, 79));
  EXPECT_THAT(drawn_samples(100, 5, 1), ElementsAre(29, 44, 61, 64, 65));
}

TEST(DrawnSamples, AreDistinctAscendingAndInRange) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto drawn = drawn_samples(20, 13, seed);
    EXPECT_EQ(drawn.size(), 13U);
    EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
    EXPECT_EQ(std::set<std::size_t>(drawn.begin(), drawn.end()).size(), 13U);
    EXPECT_LT(drawn.back(), 20U);
  }
}

TEST(DrawnSamples, AreAllWhenThereAreFewer) {
  EXPECT_THAT(drawn_samples(3, 3, 7), ElementsAre(0, 1, 2));
  EXPECT_THAT(drawn_samples(3, 9, 7), ElementsAre(0, 1, 2));
  EXPECT_THAT(drawn_samples(3, 0, 7), IsEmpty());
}

TEST(DrawnSamples, FavourNoPosition) {
  constexpr int kSeeds = 4000;
  std::vector<int> times(10, 0);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    for (const auto position : drawn_samples(10, 3, seed)) ++times[position];
  }
  // Expected 1200 each; five standard deviations are 145.
  for (const int count : times) EXPECT_NEAR(count, 1200, 145);
}

}  // namespace
}  // namespace quantrail
