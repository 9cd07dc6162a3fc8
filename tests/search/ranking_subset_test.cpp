#include "search/ranking_subset.h"

#include <gtest/gtest.h>

#include <limits>

namespace quantrail {
namespace {

using Values = std::vector<double>;
using Samples = std::vector<std::size_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(RankingSubset, TakesTheSamplesThatLostMost) {
  EXPECT_EQ(ranking_subset(Values{1, 1, 1, 1}, Values{1.0, 0.2, 0.9, 0.0}, 1.0, 2), (Samples{1, 3}));
}

TEST(RankingSubset, TurnsRoundForMetricsWhereLowerIsBetter) {
  EXPECT_EQ(ranking_subset(Values{1, 1, 1, 1}, Values{1.0, 0.2, 3.0, 5.0}, -1.0, 2), (Samples{2, 3}));
}

TEST(RankingSubset, BreaksTiesByPositionAndFillsUpWithSamplesThatDidNotChange) {
  EXPECT_EQ(ranking_subset(Values{1, 1, 1, 0, 1}, Values{1, 1, 0, 0, 1}, 1.0, 3), (Samples{0, 1, 2}));
}

TEST(RankingSubset, PutsSamplesThatGainedLast) {
  EXPECT_EQ(ranking_subset(Values{0, 1, 0}, Values{1, 1, 0}, 1.0, 2), (Samples{1, 2}));
}

TEST(RankingSubset, NeverExceedsTheDataSet) {
  EXPECT_EQ(ranking_subset(Values{1, 1}, Values{0, 1}, 1.0, 300), (Samples{0, 1}));
  EXPECT_EQ(ranking_subset(Values{}, Values{}, 1.0, 300), Samples{});
}

TEST(RankingSubset, CountsNanOfTheQuantizedModelAsTheLargestLossAndNanOfFloatAsNone) {
  EXPECT_EQ(ranking_subset(Values{1, 1, kNan}, Values{0, kNan, kNan}, 1.0, 1), Samples{1});
  EXPECT_EQ(ranking_subset(Values{1, 1, kNan}, Values{0, kNan, kNan}, 1.0, 2), (Samples{0, 1}));
}

}  // namespace
}  // namespace quantrail
