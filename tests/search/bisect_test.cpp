// Searches that try several groups at once, and put groups back.
#include <gmock/gmock.h>

#include <cmath>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_search::accuracy_aware;
using testing_search::Player;

SearchSettings bisecting(bool prune = false) {
  auto settings = accuracy_aware();
  settings.order = SearchOrder::Bisect;
  settings.prune = prune;
  return settings;
}

/// Each group regains its share of a drop of 0.05.
auto regaining(std::map<std::string, double> shares) {
  return [shares = std::move(shares)](const std::vector<std::string>& reverted) {
    double drop = 0.05;
    for (const auto& group : reverted) {
      const auto share = shares.find(group);
      if (share != shares.end()) drop -= share->second;
    }
    return drop;
  };
}

TEST(Bisect, FindsTheShortestSufficientBeginningOfTheRanking) {
  for (std::size_t needed = 1; needed <= 8; ++needed) {
    SCOPED_TRACE(needed);
    Player player{.groups = "ABCDEFGH"};
    player.drop_with = [&](const auto& reverted) { return reverted.size() >= needed ? 0.0 : 0.05; };
    const Done done = player.play(bisecting());
    EXPECT_EQ(done.outcome, Outcome::Met);
    EXPECT_EQ(player.state.trials[done.best].reverted.size(), needed);
    EXPECT_EQ(player.state.trials[done.best].reverted.front(), "A");
    EXPECT_LE(player.state.trials.size() - 1, 6U) << "1, 2, 4, 8, then 6 and 5 or 7";
    EXPECT_EQ(player.state.rankings.size(), 1U);
  }
}

TEST(Bisect, TellsItsStory) {
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = regaining({{"A", 0.02}, {"B", 0.015}, {"C", 0.01}});
  const Done done = player.play(bisecting());
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB !ABCD !ABC");
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("A", "B", "C"));
  EXPECT_THAT(done.explanation, HasSubstr("Target met after 4 steps with 3 of 8 groups in float"));
}

TEST(Bisect, PrefersFewerGroupsToASmallerDrop) {
  Player player{};
  player.drop_with = [](const auto& reverted) {
    return reverted.empty() ? 0.05 : 0.009 - 0.001 * double(reverted.size());
  };
  const Done done = player.play(bisecting());
  EXPECT_EQ(player.story(), "F Q = R !A");
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("A"));
}

TEST(Bisect, EndsWhereAllGroupsAreNotEnough) {
  Player player{.groups = "ABC"};
  player.drop_with = [](const auto& reverted) { return 0.05 - 0.01 * double(reverted.size()); };
  const Done done = player.play(bisecting(true));
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB ?ABC");
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 3U);
  EXPECT_THAT(done.explanation, HasSubstr("no layer is left to revert"));
}

TEST(Bisect, StopsWhenTheBudgetIsSpentWithTheBestThatMeetsTheTarget) {
  auto settings = bisecting(true);
  settings.max_iter_num = 3;
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = [](const auto& reverted) { return reverted.size() >= 3 ? 0.0 : 0.05; };
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB !ABCD");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 3U);
  settings.max_iter_num = 0;
  Player none{.drops = {0.05}};
  EXPECT_EQ(none.play(settings).outcome, Outcome::NotMet);
  EXPECT_EQ(none.story(), "F Q =");
}

TEST(Bisect, TakesAMetricThatIsNotANumberForTooFew) {
  Player player{};
  player.drop_with = [](const auto& reverted) { return reverted.size() < 3 ? (reverted.empty() ? 0.05 : NAN) : 0.0; };
  const Done done = player.play(bisecting());
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("A", "B", "C"));
}

TEST(Prune, PutsBackWhatIsNotNeededLeastUsefulFirst) {
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = regaining({{"A", 0.001}, {"B", 0.025}, {"D", 0.02}});
  const Done done = player.play(bisecting(true));
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB !ABCD ?ABC <C >B <A");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("B", "D"));
}

TEST(Prune, FollowsSearchesOneByOneAndRepeatsNoModel) {
  auto settings = accuracy_aware();
  settings.prune = true;
  Player player{};
  player.drop_with = regaining({{"B", 0.02}, {"C", 0.025}});
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = R +A +B +C >B <A") << "without C is the model before";
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("B", "C"));
}

TEST(Prune, LeavesASingleGroupAlone) {
  auto settings = accuracy_aware();
  settings.prune = true;
  Player player{.drops = {0.05, 0.0}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A") << "without it, it is the quantized model";
}

TEST(Prune, DoesNothingWhereTheTargetIsMissed) {
  auto settings = accuracy_aware();
  settings.prune = true;
  Player player{.drops = {0.05, 0.04, 0.03}, .groups = "AB"};
  EXPECT_EQ(player.play(settings).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q = R +A +B");
}

}  // namespace
}  // namespace quantrail
