#include "quantize/aggregators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace quantrail {
namespace {

const std::vector<float> kFive{1, 2, 3, 4, 100};

// POT's worked values: of 1, 2, 3, 4, 100 the quantiles 0.01 and 0.99 are 1.04 and 96.16, which keep 2, 3, 4.
TEST(Aggregated, GivesPotsWorkedValues) {
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::Mean), 22.0);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::Median), 3.0);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::HodgesLehmann), 3.25);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::MeanNoOutliers), 3.0);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::MedianNoOutliers), 3.0);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::Min), 1.0);
  EXPECT_DOUBLE_EQ(aggregated(kFive, Aggregator::Max), 100.0);
}

// 1 ... 300: bounds 3.99 and 297.01 keep 4 ... 297, 294 values.
TEST(Aggregated, LeavesOutOnePercentOnEachSide) {
  std::vector<float> values(300);
  std::iota(values.begin(), values.end(), 1.0F);
  values[299] = 1e6F;
  values[0] = -1e6F;
  EXPECT_DOUBLE_EQ(aggregated(values, Aggregator::MeanNoOutliers), (4.0 + 297.0) / 2.0);
  EXPECT_DOUBLE_EQ(aggregated(values, Aggregator::MedianNoOutliers), 150.5);
}

TEST(Aggregated, OfOneValueIsThatValue) {
  for (const auto aggregator : {Aggregator::Mean, Aggregator::Max, Aggregator::Min, Aggregator::Median,
                                Aggregator::MeanNoOutliers, Aggregator::MedianNoOutliers, Aggregator::HodgesLehmann}) {
    EXPECT_DOUBLE_EQ(aggregated(std::vector<float>{-2.5F}, aggregator), -2.5);
  }
}

double hodges_lehmann_by_pairs(const std::vector<float>& values) {
  std::vector<double> sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j) sums.push_back(static_cast<double>(values[i]) + values[j]);
  }
  std::sort(sums.begin(), sums.end());
  return 0.25 * (sums[(sums.size() - 1) / 2] + sums[sums.size() / 2]);
}

TEST(HodgesLehmann, IsTheMedianOverAllPairs) {
  std::vector<float> values;
  for (int i = 0; i < 60; ++i) {
    values.push_back(std::sin(static_cast<float>(i * i)) * static_cast<float>(i % 7) - 1.0F);
    if (values.size() < 2) continue;
    EXPECT_NEAR(aggregated(values, Aggregator::HodgesLehmann), hodges_lehmann_by_pairs(values), 1e-12) << i;
  }
}

TEST(HodgesLehmann, TakesEqualAndZeroValues) {
  EXPECT_DOUBLE_EQ(aggregated(std::vector<float>(9, 0.0F), Aggregator::HodgesLehmann), 0.0);
  EXPECT_DOUBLE_EQ(aggregated(std::vector<float>{-1.0F, 1.0F, -1.0F, 1.0F}, Aggregator::HodgesLehmann), 0.0);
}

TEST(QuantileOf, InterpolatesBetweenNeighbours) {
  std::vector<float> values{4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile_of(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile_of(values, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(quantile_of(values, 1.0), 4.0);
  EXPECT_NEAR(quantile_of(values, 0.1), 1.3, 1e-12);
}

}  // namespace
}  // namespace quantrail
