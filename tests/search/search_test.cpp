#include "search/search.h"

#include <gmock/gmock.h>

#include <limits>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing_search::accuracy_aware;
using testing_search::kFloat;
using testing_search::Player;

constexpr double kNanDrop = std::numeric_limits<double>::quiet_NaN();

TEST(Search, HasNothingToDoWhenTheQuantizedModelIsInsideTheLimit) {
  Player player{.drops = {0.004}};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q =");
  EXPECT_EQ(done.outcome, Outcome::NothingToDo);
  EXPECT_EQ(done.best, 0U);
  EXPECT_THAT(done.explanation,
              HasSubstr("Nothing had to be reverted: top1 0.896 (float 0.9, drop 0.004, allowed 0.01)"));
}

TEST(Search, CountsADropOfExactlyTheLimitAsMet) {
  Player player{.drops = {0.01}};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::NothingToDo);
}

TEST(Search, RevertsTheRankedGroupsOneByOneUntilTheTargetIsMet) {
  Player player{.drops = {0.05, 0.03, 0.02, 0.009}};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A +B +C");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 3U);
  EXPECT_THAT(player.state.trials[3].reverted, ElementsAre("A", "B", "C"));
  EXPECT_THAT(player.state.trials[3].changed, ElementsAre("C"));
  EXPECT_THAT(done.explanation, HasSubstr("Target met after 3 steps with 3 of 4 groups in float"));
}

TEST(Search, LastGroupThatMeetsTheTargetIsASuccess) {
  Player player{.drops = {0.05, 0.03, 0.0}, .groups = "AB"};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
}

TEST(Search, AMetTargetWinsOverASpentBudget) {
  Player player{.drops = {0.05, 0.005}};
  auto settings = accuracy_aware();
  settings.max_iter_num = 1;
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
}

TEST(Search, StopsWhenTheBudgetOfStepsIsSpent) {
  Player player{.drops = {0.05, 0.04, 0.03}};
  auto settings = accuracy_aware();
  settings.max_iter_num = 2;
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = R +A +B");
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 2U);
  EXPECT_THAT(done.explanation, HasSubstr("Target not met: max_iter_num allows 2 steps. Best seen is iteration 2"));
}

TEST(Search, DoesNotEvenRankWhenNoStepIsAllowed) {
  Player player{.drops = {0.05}};
  auto settings = accuracy_aware();
  settings.max_iter_num = 0;
  EXPECT_EQ(player.play(settings).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q =");
}

TEST(Search, ToleratesAnIncreaseOfTheFirstStepAfterARanking) {
  Player player{.drops = {0.05, 0.06, 0.045, 0.005}};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A +B +C");
}

TEST(Search, RollsBackAnyOtherIncreaseAndRanksAgainWithoutThatGroup) {
  Player player{.drops = {0.05, 0.04, 0.045, 0.005}};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C");
  const auto& again = std::get<Rank>(player.requests[6]);
  EXPECT_THAT(again.reverted, ElementsAre("A"));
  EXPECT_THAT(again.candidates, ElementsAre("C", "D"));
  EXPECT_THAT(player.state.trials.back().reverted, ElementsAre("A", "C"));
}

TEST(Search, LiftsTheBanOnceAnotherStepWasAccepted) {
  // B fails on top of A; C is tolerated, D fails, and the new ranking may choose B again.
  Player player{.drops = {0.05, 0.04, 0.045, 0.042, 0.05, 0.001}};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C -D R +B");
}

TEST(Search, JudgesAStepByTheBestDropAcceptedAndNotByTheRejectedOne) {
  // 0.044 is tolerated as the first step after a ranking; 0.043 is better than that and than the rejected 0.045, but
  // the best accepted is 0.04.
  Player player{.drops = {0.05, 0.04, 0.045, 0.044, 0.043, 0.002}};
  player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C -D R +B");
}

TEST(Search, DemandsOfTheStepAfterAToleratedOneThatItMakesGood) {
  Player player{.drops = {0.05, 0.06, 0.055, 0.005}};
  player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C");
}

TEST(Search, AcceptsAStepThatChangesNothing) {
  Player player{.drops = {0.05, 0.05, 0.05, 0.001}};
  player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A +B +C");
}

TEST(Search, KeepsWorseModelsAndRanksAgainWhereRollingBackIsOff) {
  Player player{.drops = {0.05, 0.04, 0.045, 0.06, 0.0}};
  auto settings = accuracy_aware();
  settings.use_prev_if_drop_increase = false;
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A +B R +C +D");
}

TEST(Search, RanksAgainWhenTheListIsEmptyButABanWasLifted) {
  Player player{.drops = {0.05, 0.04, 0.045, 0.03, 0.005}, .groups = "ABC"};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C R +B");
}

TEST(Search, EndsWhenNothingIsLeftToRevert) {
  // A baseline given by the user that the model never reaches.
  Player player{.drops = {0.05, 0.04, 0.03}, .groups = "AB"};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 2U);
  EXPECT_THAT(done.explanation, HasSubstr("no layer is left to revert"));
}

TEST(Search, SaysThatAModelWithAllOfItInFloatIsTheFloatModel) {
  Player player{.drops = {0.05, 0.04, 0.0}, .groups = "AB"};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_THAT(done.explanation, EndsWith("Nothing is left in int8: this is the float model."));
}

TEST(Search, EndsWhenOnlyBannedGroupsAreLeft) {
  Player player{.drops = {0.05, 0.04, 0.045}, .groups = "AB"};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A -B");
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 1U);
}

TEST(Search, EndsAtOnceWhenThereIsNoGroupAtAll) {
  Player player{.drops = {0.05}, .groups = ""};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q =");
}

TEST(Search, ReturnsTheBestModelSeenAndNotTheLast) {
  Player player{.drops = {0.05, 0.02, 0.06, 0.03, 0.04}};
  auto settings = accuracy_aware();
  settings.max_iter_num = 4;
  const Done done = player.play(settings);
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 1U);
}

TEST(Search, OfEqualModelsReturnsTheOneWithFewestGroupsInFloat) {
  Player player{.drops = {0.05, 0.02, 0.02}};
  auto settings = accuracy_aware();
  settings.max_iter_num = 2;
  EXPECT_EQ(player.play(settings).best, 1U);
}

TEST(Search, TreatsNanAsTheWorstDropAndWorksItsWayOut) {
  Player player{.drops = {kNanDrop, kNanDrop, 0.03, kNanDrop, 0.001}};
  const Done done = player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +A +B -C R +D");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 4U);
}

TEST(Search, StartsFromTheQuantizedModelWhenTheBaselineIsGivenAndMeasuresFloatOnlyToRank) {
  Player player{.drops = {0.05, 0.001}};
  auto settings = accuracy_aware();
  settings.controlled[0].baseline_value = kFloat;
  player.play(settings);
  EXPECT_EQ(player.story(), "Q = F R +A");
  EXPECT_EQ(player.state.baseline->metrics.at("top1"), kFloat);
}

TEST(Search, AGivenBaselineStandsAlsoWhenFloatIsMeasuredLater) {
  Player player{.drops = {0.05, 0.001}};
  auto settings = accuracy_aware();
  settings.controlled[0].baseline_value = 0.95;
  settings.max_iter_num = 1;
  player.play(settings);
  EXPECT_EQ(player.state.baseline->metrics.at("top1"), 0.95);
  EXPECT_NEAR(player.state.trials[1].drop, 0.051, 1e-12);
}

TEST(Search, RanksOnTheSubsetAskedForAndNeverOnMoreThanThereIs) {
  for (const auto& [asked, expected] : {std::pair{4, 4}, {300, 10}}) {
    Player player{.drops = {0.05, 0.001}};
    auto settings = accuracy_aware();
    settings.ranking_subset_size = static_cast<std::size_t>(asked);
    player.play(settings);
    EXPECT_EQ(std::get<Rank>(player.requests[3]).samples.size(), static_cast<std::size_t>(expected));
  }
}

TEST(Search, FollowsTheScoresAndRecordsEveryOne) {
  Player player{.drops = {0.05, 0.001},
                .rank_value = [](const auto&, const auto& group) { return group == "C" ? 0.9 : 0.1; }};
  player.play(accuracy_aware());
  EXPECT_EQ(player.story(), "F Q = R +C");
  const auto& ranking = player.state.rankings.at(0);
  EXPECT_EQ(ranking.after_trial, 0U);
  ASSERT_EQ(ranking.scores.size(), 4U);
  EXPECT_EQ(ranking.scores[0], (LayerScore{"C", {"C/layer"}, 0.9, 0.5, 100, 10}));
}

TEST(Search, TurnsScoresRoundWhereLowerIsBetter) {
  Player player{.drops = {-0.05, -0.001},
                .rank_value = [](const auto&, const auto& group) { return group == "B" ? 0.1 : 0.9; }};
  auto settings = accuracy_aware();
  settings.higher_is_better = {{"top1", false}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +B");
  EXPECT_NEAR(player.state.trials[0].drop, 0.05, 1e-12);
  EXPECT_EQ(player.state.rankings[0].scores[0].score, -0.1);
}

TEST(Search, TakesARelativeLimitFromTheBaseline) {
  Player player{.drops = {0.0091, 0.0089}};
  auto settings = accuracy_aware();
  settings.drop_type = DropType::Relative;
  player.play(settings);
  EXPECT_DOUBLE_EQ(player.state.baseline->limits.at("top1"), 0.009);
  EXPECT_EQ(player.story(), "F Q = R +A");
}

TEST(Search, ReportsDropsOfOtherMetricsButGoesByTheOptimisedOne) {
  Player player{.drops = {0.05, 0.001}};
  auto settings = accuracy_aware();
  settings.higher_is_better = {{"loss", false}, {"top1", true}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_NEAR(player.state.trials[0].drops.at("loss"), -0.05, 1e-12);
  EXPECT_NEAR(player.state.trials[0].drop, 0.05, 1e-12);
  EXPECT_EQ(player.state.baseline->limits.size(), 1U);
}

TEST(Search, WithoutATargetQuantizesAndMeasures) {
  Player player{.drops = {0.3}};
  auto settings = accuracy_aware();
  settings.accuracy_aware = false;
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q =");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_TRUE(player.state.baseline->limits.empty());
  EXPECT_THAT(done.explanation, HasSubstr("Quantized without an accuracy target: top1 0.6 (float 0.9, drop 0.3)"));
}

TEST(Search, WithoutATargetAndWithoutDataOnlyQuantizes) {
  Player player;
  const Done done = player.play(SearchSettings{});
  EXPECT_EQ(player.story(), "Q");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(player.state.trials.size(), 1U);
  EXPECT_THAT(done.explanation, HasSubstr("not measured"));
}

// The drops of pot.md 3.7. POT accepts 0.055 and 0.057 by the references of the tolerated 0.060 and the rejected 0.058;
// ours asks them to be at most 0.05, the best so far, and tolerates 0.058 and 0.070 as first steps after a ranking.
TEST(Search, TraceOfThePotReferenceWithOurRules) {
  Player player{.drops = {0.05, 0.060, 0.055, 0.058, 0.057, 0.070, 0.020, 0.030, 0.001}, .groups = "ABCDEF"};
  EXPECT_EQ(player.play(accuracy_aware()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A -B R +C -D R +B +E -F R +D");
}

}  // namespace
}  // namespace quantrail
