#include "run/speed_ratio.h"

#include <gmock/gmock.h>

#include <vector>

namespace quantrail {
namespace {

/// Turns that take these many seconds, again and again.
Pace turns(std::vector<double> seconds) {
  return [seconds, at = std::size_t{0}]() mutable -> Result<std::optional<double>> {
    return std::optional(seconds[at++ % seconds.size()]);
  };
}

TEST(ConfirmedShortest, NeedsOthersNearIt) {
  EXPECT_EQ(confirmed_shortest(std::vector{2.0, 9.0, 2.1, 2.05}, 3, 0.1), 2.0);
  EXPECT_EQ(confirmed_shortest(std::vector{0.1, 2.0, 2.0, 2.0}, 2, 0.1), std::nullopt) << "a slip of the clock";
  EXPECT_EQ(confirmed_shortest(std::vector<double>{}, 1, 0.1), std::nullopt);
}

/// As on a machine that compiles meanwhile: most turns take four times as long.
TEST(RatioOfPaces, IsThatOfUndisturbedTurns) {
  const auto ratio = ratio_of_paces(turns({75, 328, 74.5, 330, 76}), turns({345, 348, 95, 350, 96, 94, 420}));
  ASSERT_TRUE(ratio.has_value());
  EXPECT_NEAR(ratio->value(), 74.5 / 94, 1e-12);
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
