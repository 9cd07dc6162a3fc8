// compatibility "pot": the loop of pot_steps.h, with POT's corners.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_search::accuracy_aware;
using testing_search::kFloat;
using testing_search::Player;

SearchSettings pot() {
  auto settings = accuracy_aware();
  settings.compatibility = Compatibility::Pot;
  return settings;
}

std::vector<bool> accepted(const Player& player) {
  std::vector<bool> out;
  for (const auto& trial : player.state.trials) out.push_back(trial.accepted);
  return out;
}

TEST(Pot, PlaysTheReferenceTrace) {
  // Limit 0.01, quantized 0.05: accept (tolerated), accept, roll back and rank, accept (0.057 <= 0.058, though worse
  // than 0.055), roll back and rank, accept, roll back and rank.
  Player player{.drops = {0.05, 0.060, 0.055, 0.058, 0.057, 0.070, 0.020, 0.030, 0.005}, .groups = "ABCDEFGHI"};
  const Done done = player.play(pot());
  EXPECT_THAT(accepted(player), ElementsAre(true, true, true, false, true, false, true, false, true));
  EXPECT_EQ(player.story(), "F Q = R +A +B -C R +C -D R +D -E R +E")
      << "nothing is banned: the group rolled back is the first again";
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(done.best, 8U);
}

TEST(Pot, ComparesWithTheDropOfAModelThatWasRolledBack) {
  Player player{.drops = {0.05, 0.04, 0.06, 0.055, 0.005}};
  player.play(pot());
  EXPECT_EQ(player.story(), "F Q = R +A -B R +B +C") << "0.055 is less than the 0.06 rolled back, though not than 0.04";
}

TEST(Pot, ReturnsTheLastModelAndNotTheBest) {
  Player player{.drops = {0.05, 0.02, 0.04, 0.03}, .groups = "ABCDE"};
  auto settings = pot();
  settings.max_iter_num = 3;
  settings.use_prev_if_drop_increase = false;
  const Done done = player.play(settings);
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 3U);
  EXPECT_THAT(done.explanation, HasSubstr("The last accepted is iteration 3"));
}

TEST(Pot, MissesWhereEverythingIsInFloatEvenIfTheTargetIsMet) {
  Player player{.drops = {0.05, 0.04, 0.0}, .groups = "AB"};
  const Done done = player.play(pot());
  EXPECT_EQ(player.story(), "F Q = R +A +B");
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 2U);
}

TEST(Pot, EndsWhenARankingWasGoneThrough) {
  // Groups that were rolled back once and accepted later leave a ranking of the others.
  Player player{.drops = {0.05, 0.04, 0.045, 0.046, 0.03}, .groups = "ABC"};
  const Done done = player.play(pot());
  EXPECT_EQ(done.outcome, Outcome::NotMet);
}

TEST(Pot, SwitchesToTheMetricThatIsFurthestOutOnceTheOptimisedOneHolds) {
  auto settings = pot();
  settings.higher_is_better = {{"f1", true}, {"top1", true}};
  settings.controlled = {{.name = "top1"}, {.name = "f1", .maximal_drop = 0.02}};
  Player player{.drops = {0.05, 0.005, 0.004, 0.003}, .other_drops = {{"f1", {0.04, 0.03, 0.035, 0.01}}}};
  const Done done = player.play(settings);
  // f1 is compared with the quantized model's 0.04: 0.035 is no increase.
  EXPECT_EQ(player.story(), "F Q = R +A R +B +C");
  EXPECT_EQ(player.state.rankings[0].metric, "top1");
  EXPECT_EQ(player.state.rankings[1].metric, "f1");
  EXPECT_EQ(done.outcome, Outcome::Met);
}

TEST(Pot, TakesARelativeLimitFromTheSignedBaseline) {
  auto settings = pot();
  settings.drop_type = DropType::Relative;
  settings.controlled[0].baseline_value = -0.5;
  settings.max_iter_num = 0;
  Player player{.drops = {0.9 + 0.5}};  // exactly the baseline
  player.play(settings);
  EXPECT_DOUBLE_EQ(player.state.baseline->limits.at("top1"), -0.005);
}

TEST(Pot, TakesTheMixedModelEvenIfItIsWorse) {
  auto settings = pot();
  settings.convert_to_mixed = true;
  Player player{.drops = {0.05, 0.06, 0.055, 0.001}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = Q M R +A +B");
  EXPECT_TRUE(player.state.trials.back().variation.mixed);
}

}  // namespace
}  // namespace quantrail
