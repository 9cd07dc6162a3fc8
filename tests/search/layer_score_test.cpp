#include "search/layer_score.h"

#include <gmock/gmock.h>

#include <limits>

namespace quantrail {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> order(std::vector<LayerScore> scores) {
  std::vector<std::string> names;
  for (const auto& score : ranked(std::move(scores))) names.push_back(score.group);
  return names;
}

LayerScore score(std::string group, double value, double distance, std::int64_t macs) {
  return {.group = std::move(group), .layers = {}, .score = value, .distance = distance, .float_macs = macs};
}

TEST(Ranked, PutsTheMostMetricFirstWhateverItCosts) {
  EXPECT_THAT(order({score("a", 0.5, 0.1, 1), score("b", 0.6, 9.0, 1000)}), testing::ElementsAre("b", "a"));
}

TEST(Ranked, BreaksTiesByDistanceThenMultiplyAddsThenName) {
  EXPECT_THAT(
      order({score("d", 0.5, 0.2, 1), score("c", 0.5, 0.1, 20), score("b", 0.5, 0.1, 10), score("a", 0.5, 0.1, 20)}),
      testing::ElementsAre("b", "a", "c", "d"));
}

TEST(Ranked, TreatsNanAsInfinitelyBad) {
  EXPECT_THAT(order({score("nan", kNan, 0.0, 0), score("bad", -5.0, kNan, 0), score("less bad", -5.0, 3.0, 0)}),
              testing::ElementsAre("less bad", "bad", "nan"));
}

TEST(Ranked, OfNothingIsNothing) { EXPECT_TRUE(ranked({}).empty()); }

}  // namespace
}  // namespace quantrail
