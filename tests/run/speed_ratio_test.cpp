#include "run/speed_ratio.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

/// Turns that take these many seconds; then the last again and again.
Pace turns(std::vector<double> seconds) {
  return [seconds, at = std::size_t{0}]() mutable -> Result<std::optional<double>> {
    return std::optional(seconds[std::min(at++, seconds.size() - 1)]);
  };
}

TEST(SettledRatio, IsTheMedianWhereHalfAgree) {
  EXPECT_EQ(settled_ratio({2.0, 2.1, 9.0, 1.9, 2.0}, 0.1), 2.0);
  EXPECT_EQ(settled_ratio({2.0, 2.0, 0.1, 90.0, 2.0}, 0.1), 2.0) << "two disturbed turns of five";
  EXPECT_EQ(settled_ratio({1.0, 2.0, 4.0, 8.0}, 0.1), std::nullopt);
  EXPECT_EQ(settled_ratio({2.0, 2.0}, 0.1), std::nullopt) << "too few";
}

TEST(RatioOfPaces, IsNotThatOfADisturbedTurn) {
  const auto ratio = ratio_of_paces(turns({4.0, 40.0, 4.0, 4.0}), turns({2.0, 2.0, 2.0, 50.0, 2.0}));
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(*ratio, 2.0);
}

TEST(RatioOfPaces, IsUnknownWhereTurnsNeverAgree) {
  double factor = 1.0;
  const auto ratio =
      ratio_of_paces([&]() -> Result<std::optional<double>> { return std::optional(factor *= 1.5); }, turns({1.0}));
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(*ratio, std::nullopt);
}

TEST(RatioOfPaces, IsUnknownWhereNothingIsMeasured) {
  const auto nothing = []() -> Result<std::optional<double>> { return std::optional<double>(); };
  EXPECT_EQ(ratio_of_paces(nothing, turns({1.0})).value(), std::nullopt);
  EXPECT_FALSE(ratio_of_paces(turns({1.0}), [] { return Result<std::optional<double>>(fail(Cause::Backend, "no")); }));
}

}  // namespace
}  // namespace quantrail
