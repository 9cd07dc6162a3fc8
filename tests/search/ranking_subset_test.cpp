#include "search/ranking_subset.h"

#include <gtest/gtest.h>

#include <limits>

namespace quantrail {
namespace {

using Values = std::vector<double>;
using Samples = std::vector<std::size_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(HardestFirst, TakesTheSamplesThatLostMost) {
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1, 1, 1}, Values{1.0, 0.2, 0.9, 0.0}, 1.0)}, 2), (Samples{3, 1}));
}

TEST(HardestFirst, TurnsRoundForMetricsWhereLowerIsBetter) {
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1, 1, 1}, Values{1.0, 0.2, 3.0, 5.0}, -1.0)}, 2), (Samples{3, 2}));
}

TEST(HardestFirst, BreaksTiesByPositionAndFillsUpWithSamplesThatDidNotChange) {
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1, 1, 0, 1}, Values{1, 1, 0, 0, 1}, 1.0)}, 3), (Samples{2, 0, 1}));
}

TEST(HardestFirst, PutsSamplesThatGainedLast) {
  EXPECT_EQ(hardest_first({losses_of(Values{0, 1, 0}, Values{1, 1, 0}, 1.0)}, 2), (Samples{1, 2}));
}

TEST(HardestFirst, NeverExceedsTheDataSet) {
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1}, Values{0, 1}, 1.0)}, 300), (Samples{0, 1}));
  EXPECT_EQ(hardest_first({losses_of(Values{}, Values{}, 1.0)}, 300), Samples{});
}

TEST(HardestFirst, CountsNanOfTheQuantizedModelAsTheLargestLossAndNanOfFloatAsNone) {
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1, kNan}, Values{0, kNan, kNan}, 1.0)}, 1), Samples{1});
  EXPECT_EQ(hardest_first({losses_of(Values{1, 1, kNan}, Values{0, kNan, kNan}, 1.0)}, 2), (Samples{1, 0}));
}

TEST(HardestFirst, OfSeveralMetricsTakesTheWorstOfEachInEqualParts) {
  const Values first{0.9, 0.8, 0.7, 0.0, 0.0, 0.0};
  const Values second{0.0, 0.8, 0.0, 0.9, 0.7, 0.0};
  EXPECT_EQ(hardest_first({first, second}, 4), (Samples{0, 3, 1, 2}))
      << "two of each are three samples; what comes fourth of each was taken, so the first metric fills up";
  EXPECT_EQ(hardest_first({first, second}, 2), (Samples{0, 3}));
}

TEST(HardestFirst, OfSeveralMetricsEndsWhereThereAreNoMoreSamples) {
  EXPECT_EQ(hardest_first({Values{0.9, 0.1}, Values{0.9, 0.1}}, 300), (Samples{0, 1}));
  EXPECT_EQ(hardest_first({Values{3, 2, 1}, Values{1, 2, 3}}, 3).size(), 3U);
  EXPECT_EQ(hardest_first({Values{}, Values{}}, 300), Samples{});
}

}  // namespace
}  // namespace quantrail
