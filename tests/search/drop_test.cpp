#include "search/drop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace quantrail {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Drop, IsPositiveWhereTheModelIsWorseInEitherDirection) {
  EXPECT_NEAR(drop_of(sign_of(true), 0.90, 0.88), 0.02, 1e-15);
  EXPECT_DOUBLE_EQ(drop_of(sign_of(false), 1.5, 1.75), 0.25);
}

TEST(Drop, IsNegativeForAnImprovement) {
  EXPECT_LT(drop_of(sign_of(true), 0.90, 0.91), 0.0);
  EXPECT_LT(drop_of(sign_of(false), 1.5, 1.25), 0.0);
}

TEST(Drop, IsInfiniteForAMetricThatIsNotANumber) {
  EXPECT_EQ(drop_of(sign_of(true), 0.9, kNan), kInfinity);
  EXPECT_EQ(drop_of(sign_of(false), 0.9, kNan), kInfinity);
}

TEST(Limit, IsInMetricUnitsWhenAbsolute) { EXPECT_EQ(limit_of(DropType::Absolute, 0.01, -7.0), 0.01); }

TEST(Limit, IsAShareOfTheBaselinesMagnitudeWhenRelative) {
  EXPECT_DOUBLE_EQ(limit_of(DropType::Relative, 0.01, 80.0), 0.8);
  EXPECT_DOUBLE_EQ(limit_of(DropType::Relative, 0.01, -80.0), 0.8);
  EXPECT_EQ(limit_of(DropType::Relative, 0.01, 0.0), 0.0);
}

TEST(Within, IncludesTheLimitItself) {
  EXPECT_TRUE(within(0.92 - 0.91, 0.01, 0.92));  // 0.010000000000000009
  EXPECT_TRUE(within(0.0, 0.0, 0.5));
  EXPECT_FALSE(within(0.0100001, 0.01, 0.92));
}

TEST(Within, NoLimitAdmitsAnInfiniteDrop) { EXPECT_FALSE(within(kInfinity, 1e9, 1.0)); }

TEST(Within, ABaselineOfZeroAndARelativeLimitAdmitNoLossAtAll) {
  const double limit = limit_of(DropType::Relative, 0.1, 0.0);
  EXPECT_TRUE(within(drop_of(1.0, 0.0, 0.0), limit, 0.0));
  EXPECT_FALSE(within(drop_of(1.0, 0.0, -1e-9), limit, 0.0));
}

}  // namespace
}  // namespace quantrail
