#include "search/layer_score.h"

#include <gmock/gmock.h>

#include <limits>

namespace quantrail {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> order(std::vector<LayerScore> scores, RankingSignal signal = RankingSignal::Auto) {
  std::vector<std::string> names;
  for (const auto& score : ranked(std::move(scores), signal)) names.push_back(score.group);
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

TEST(Ranked, OfNothingIsNothing) { EXPECT_TRUE(ranked({}, RankingSignal::Auto).empty()); }

TEST(Ranked, GoesByTheSignalAskedFor) {
  const std::vector<LayerScore> scores{score("near", 0.5, 0.1, 30), score("good", 0.6, 0.3, 20),
                                       score("cheap", 0.6, 0.4, 10)};
  EXPECT_THAT(order(scores, RankingSignal::Auto), testing::ElementsAre("good", "cheap", "near"));
  EXPECT_THAT(order(scores, RankingSignal::Metric), testing::ElementsAre("cheap", "good", "near"));
  EXPECT_THAT(order(scores, RankingSignal::Distance), testing::ElementsAre("near", "good", "cheap"));
}

TEST(Ranked, PutsWhatARaceDroppedBehindWhatStayed) {
  LayerScore dropped = score("dropped", 0.9, 0.0, 1);
  dropped.samples = 10;
  LayerScore stayed = score("stayed", 0.1, 0.9, 1);
  stayed.samples = 80;
  EXPECT_THAT(order({dropped, stayed}), testing::ElementsAre("stayed", "dropped"));
}

TEST(RankedAsPot, PutsWhatARaceDroppedBehind) {
  LayerScore dropped = score("dropped", 0.9, 0.0, 1);
  dropped.samples = 8;
  LayerScore stayed = score("stayed", 0.5, 0.0, 1);
  stayed.samples = 64;
  EXPECT_EQ(ranked_as_pot({dropped, stayed}).front().group, "stayed");
}

TEST(RankedAsPot, GoesByTheScoreAndThenByTheNameThatComesLast) {
  std::vector<std::string> names;
  for (const auto& one : ranked_as_pot(
           {score("a", 0.5, 0.0, 1), score("c", 0.5, 9.0, 9), score("b", 0.7, 1.0, 1), score("d", kNan, 0.0, 0)})) {
    names.push_back(one.group);
  }
  EXPECT_THAT(names, testing::ElementsAre("b", "c", "a", "d"));
}

}  // namespace
}  // namespace quantrail
