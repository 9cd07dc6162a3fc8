// Searches that begin with groups in float: branches of other runs.
#include <gmock/gmock.h>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing_search::accuracy_aware;
using testing_search::Player;

SearchSettings starting(std::vector<std::string> groups) {
  auto settings = accuracy_aware();
  settings.start = std::move(groups);
  return settings;
}

TEST(Start, GoesOnFromTheGroupsItWasGiven) {
  Player player{.drops = {0.05, 0.03, 0.02, 0.005}};
  const Done done = player.play(starting({"C", "A"}));
  EXPECT_EQ(player.story(), "F Q = +A R +B +D");
  EXPECT_THAT(player.state.trials[1].reverted, ElementsAre("C", "A"));
  EXPECT_THAT(player.state.trials[1].changed, ElementsAre("C", "A"));
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("C", "A", "B", "D"));
  EXPECT_EQ(done.outcome, Outcome::Met);
}

TEST(Start, IsNotNeededWhereTheQuantizedModelHolds) {
  Player player{.drops = {0.001}};
  EXPECT_EQ(player.play(starting({"A"})).outcome, Outcome::NothingToDo);
  EXPECT_EQ(player.story(), "F Q =");
}

TEST(Start, MayBeEnough) {
  Player player{.drops = {0.05, 0.005}};
  const Done done = player.play(starting({"B"}));
  EXPECT_EQ(player.story(), "F Q = +B");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 1U);
}

TEST(Start, IsTheBaseEvenWhereItMadeThingsWorse) {
  Player player{.drops = {0.05, 0.06, 0.005}};
  player.play(starting({"B"}));
  EXPECT_EQ(player.story(), "F Q = +B R +A");
  EXPECT_THAT(player.state.trials[2].reverted, ElementsAre("B", "A"));
}

TEST(Start, LeavesOutNamesThatAreNoGroupsAndNamesSaidTwice) {
  Player player{.drops = {0.05, 0.005}};
  player.play(starting({"X", "B", "B"}));
  EXPECT_THAT(player.state.trials[1].reverted, ElementsAre("B"));
  Player without{.drops = {0.05, 0.005}};
  without.play(starting({"X"}));
  EXPECT_EQ(without.story(), "F Q = R +A") << "as if there were no start";
}

TEST(Start, ComesAfterOtherQuantizationsWereTried) {
  auto settings = starting({"B"});
  settings.convert_to_mixed = true;
  Player player{.drops = {0.05, 0.04, 0.005}};
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = Q M +B");
  EXPECT_TRUE(player.state.trials[done.best].variation.mixed) << "as in the run that the branch comes from";
  EXPECT_EQ(done.outcome, Outcome::Met);
}

TEST(Start, IsNotNeededWhereAnotherQuantizationHolds) {
  auto settings = starting({"B"});
  settings.convert_to_mixed = true;
  Player player{.drops = {0.05, 0.005}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = Q M");
}

TEST(Start, BisectsWhatItWasNotGiven) {
  auto settings = starting({"D"});
  settings.order = SearchOrder::Bisect;
  Player player{.groups = "ABCDEF"};
  player.drop_with = [](const std::vector<std::string>& reverted) { return reverted.size() >= 4 ? 0.0 : 0.05; };
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = +D R ?DA ?DAB !DABCE !DABC");
  EXPECT_THAT(player.state.trials[done.best].reverted, ElementsAre("D", "A", "B", "C"));
}

TEST(Start, CountsAsAStep) {
  auto settings = starting({"A"});
  settings.max_iter_num = 1;
  Player player{.drops = {0.05, 0.04}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q = +A");
}

TEST(Start, IsNotTakenWhereNoStepIsAllowed) {
  auto settings = starting({"A"});
  settings.max_iter_num = 0;
  Player player{.drops = {0.05}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q =");
}

TEST(Start, IsWhatTheNextStepsAreComparedWith) {
  // Worse than the quantized model: what follows has to be better than the start, not than that.
  Player player{.drops = {0.05, 0.08, 0.07, 0.06, 0.005}, .groups = "ABCDEF"};
  EXPECT_EQ(player.play(starting({"A"})).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = +A R +B +C +D");
}

TEST(Start, IsTakenByPotsRulesToo) {
  auto settings = starting({"B"});
  settings.compatibility = Compatibility::Pot;
  Player player{.drops = {0.05, 0.03, 0.005}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = +B R +A");
}

}  // namespace
}  // namespace quantrail
