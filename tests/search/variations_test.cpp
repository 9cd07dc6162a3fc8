// convert_to_mixed_preset and tune_hyperparams: other quantizations before anything is reverted.
#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "search/player.h"
#include "search/tuning.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_search::accuracy_aware;
using testing_search::kFloat;
using testing_search::Player;

SearchSettings mixing() {
  auto settings = accuracy_aware();
  settings.convert_to_mixed = true;
  return settings;
}

TEST(Mixed, IsNotTriedWhereTheQuantizedModelIsFine) {
  Player player{.drops = {0.01}};
  EXPECT_EQ(player.play(mixing()).outcome, Outcome::NothingToDo);
  EXPECT_EQ(player.story(), "F Q =");
}

TEST(Mixed, MeetsTheTargetWithNothingReverted) {
  Player player{.drops = {0.05, 0.009}};
  const Done done = player.play(mixing());
  EXPECT_EQ(player.story(), "F Q = Q M");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 1U);
  EXPECT_THAT(done.explanation, HasSubstr("Target met after 0 steps with 0 of 4 groups in float (mixed)"));
}

TEST(Mixed, IsTheBaseOfRevertsWhereItIsBetter) {
  Player player{.drops = {0.05, 0.03, 0.005}};
  const Done done = player.play(mixing());
  EXPECT_EQ(player.story(), "F Q = Q M R +A");
  EXPECT_TRUE(player.state.trials[done.best].variation.mixed);
}

TEST(Mixed, IsLeftAgainWhereItIsWorse) {
  Player player{.drops = {0.05, 0.06, 0.005}};
  const Done done = player.play(mixing());
  EXPECT_EQ(player.story(), "F Q = Q (M) Q R +A");
  EXPECT_FALSE(player.state.trials[done.best].variation.mixed);
  EXPECT_EQ(std::get<Quantize>(player.requests[5]).variation, Variation{});
}

TEST(Mixed, IsNoStepOfThoseThatAreCounted) {
  auto settings = mixing();
  settings.max_iter_num = 1;
  Player player{.drops = {0.05, 0.03, 0.005}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
}

TEST(Mixed, GoesBeforeTuningWhichBuildsOnIt) {
  auto settings = mixing();
  settings.tune_hyperparams = true;
  Player player{.drops = {0.05, 0.03}};
  for (int candidate = 0; candidate < 13; ++candidate) player.drops.push_back(candidate == 5 ? 0.01 : 0.03);
  player.drops.push_back(0.008);
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = Q M t t t t t t t t t t t t t Q T");
  const auto& variation = player.state.trials[done.best].variation;
  EXPECT_TRUE(variation.mixed);
  EXPECT_EQ(described(variation), "mixed, minima by quantiles 0.001, maxima by extremes");
}

SearchSettings tuning() {
  auto settings = accuracy_aware();
  settings.tune_hyperparams = true;
  settings.ranking_subset_size = 4;
  return settings;
}

TEST(Tuning, TriesTwelveSettingsAndTheConfiguredOneOnTheHardestSamples) {
  Player player{.drops = {0.05}};
  player.drops.resize(14, 0.05);
  player.drops.push_back(0.0);
  player.play(tuning());
  EXPECT_EQ(player.story(), "F Q = t t t t t t t t t t t t t Q R +A") << "equal models: the configured one stays";
  std::vector<std::string> names;
  for (const auto& tried : player.state.tunings) names.push_back(described(tried.variation));
  EXPECT_THAT(
      names,
      ElementsAre(
          "as configured", "weights by extremes", "minima by extremes, maxima by extremes",
          "minima by extremes, maxima by quantiles 0.001", "minima by extremes, maxima by quantiles 0.0001",
          "minima by quantiles 0.001, maxima by extremes", "minima by quantiles 0.001, maxima by quantiles 0.001",
          "minima by quantiles 0.001, maxima by quantiles 0.0001", "minima by quantiles 0.0001, maxima by extremes",
          "minima by quantiles 0.0001, maxima by quantiles 0.001",
          "minima by quantiles 0.0001, maxima by quantiles 0.0001", "fast bias correction", "full bias correction"));
  EXPECT_EQ(std::get<Try>(player.requests[3]).samples.size(), 4U);
}

TEST(Tuning, AdoptsTheBestOnlyIfItIsBetterOnAllSamples) {
  for (const bool better : {true, false}) {
    Player player{.drops = {0.05}};
    player.drops.resize(14, 0.05);
    player.drops[3] = 0.02;                         // best on the subset
    player.drops[12] = player.drops[13] = 0.03;     // the bias corrections on top of it
    player.drops.push_back(better ? 0.03 : 0.051);  // on everything
    player.drops.push_back(0.0);
    const Done done = player.play(tuning());
    EXPECT_EQ(player.story(), std::string("F Q = t t t t t t t t t t t t t Q ") + (better ? "T R +A" : "(T) Q R +A"));
    EXPECT_EQ(player.state.trials[done.best].variation.tuning.has_value(), better);
  }
}

TEST(Tuning, IsLeftOutWhereTheTargetIsMet) {
  Player player{.drops = {0.01}};
  EXPECT_EQ(player.play(tuning()).outcome, Outcome::NothingToDo);
  EXPECT_TRUE(player.state.tunings.empty());
}

Tried scored(const Variation& variation, double a, double b) {
  return {.variation = variation, .metric = a, .metrics = {{"a", a}, {"b", b}}};
}

TEST(TuningGridAsPot, HasTwelveCandidatesWithoutTheConfiguredOne) {
  const TuningGrid grid({}, {{"a", 1.0}}, "a", true);
  std::vector<Tried> tried;
  while (const auto next = grid.next(tried)) {
    ASSERT_LT(tried.size(), 20U);
    ASSERT_TRUE(next->tuning);
    tried.push_back(scored(*next, tried.size() == 4 ? 0.9 : 0.8, 0.0));
  }
  ASSERT_EQ(tried.size(), 12U);
  EXPECT_EQ(described(tried[0].variation), "weights by extremes");
  EXPECT_EQ(described(tried[10].variation), described(tried[4].variation) + ", fast bias correction");
  EXPECT_EQ(grid.best(tried), 4U);
}

TEST(TuningGridAsPot, ComparesByTheMeanRelativeError) {
  const TuningGrid grid({}, {{"a", 1.0}, {"b", -1.0}}, "a", true);
  // a: 0.8 -> 0.9 is 12.5 % better; b (lower is better): 2 -> 2.2 is 10 % worse, 2 -> 2.6 is 30 % worse.
  EXPECT_EQ(grid.best({scored({}, 0.8, 2.0), scored({}, 0.9, 2.6), scored({}, 0.9, 2.2)}), 2U);
  EXPECT_EQ(grid.best({scored({}, 0.8, 2.0), scored({}, 0.9, 2.6)}), 0U);
  EXPECT_EQ(grid.best({scored({}, 0.8, 2.0), scored({}, std::numeric_limits<double>::quiet_NaN(), 2.0)}), 0U);
}

}  // namespace
}  // namespace quantrail
