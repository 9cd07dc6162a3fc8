#include "search/requirements.h"

#include <gmock/gmock.h>

#include <limits>

#include "search/player.h"

namespace quantrail {
namespace {

TEST(Requirements, AMetricWithoutADropDoesNotHold) {
  const Baseline baseline{.metrics = {{"top1", 0.92}}, .limits = {{"top1", 0.01}}};
  EXPECT_TRUE(holds(baseline, {{"top1", 0.92 - 0.91}}, "top1"));
  EXPECT_FALSE(holds(baseline, {{"top1", 0.0101}}, "top1"));
  EXPECT_FALSE(all_within(baseline, {}));
}

using testing::ElementsAre;
using testing::HasSubstr;
using testing_search::Player;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Baseline two(double a_limit, double b_limit, double a = 0.9, double b = 0.8) {
  return {.metrics = {{"a", a}, {"b", b}}, .limits = {{"a", a_limit}, {"b", b_limit}}, .optimised = "a"};
}

TEST(AllWithin, AsksEveryMetricThatHasALimit) {
  EXPECT_TRUE(all_within(two(0.01, 0.02), {{"a", 0.01}, {"b", 0.02}, {"c", 5.0}}));
  EXPECT_FALSE(all_within(two(0.01, 0.02), {{"a", 0.0}, {"b", 0.021}}));
  EXPECT_FALSE(all_within(two(0.01, 0.02), {{"a", kInfinity}, {"b", 0.0}}));
}

TEST(FurthestOut, GoesByTheShareOfTheDropThatIsTooMuch) {
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.01, 0.1), {{"a", 0.04}, {"b", 0.2}}), "a") << "3/4 against 1/2";
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.01, 0.01), {{"a", 0.02}, {"b", 0.2}}), "b");
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.0, 0.0), {{"a", 0.02}, {"b", 0.2}}), "a") << "equals: the first";
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.01, 0.01), {{"a", 0.02}, {"b", kInfinity}}), "b");
}

TEST(FurthestOut, NeverChoosesAMetricThatHoldsBeforeOneThatDoesNot) {
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.01, 0.1), {{"a", -5.0}, {"b", 0.1001}}), "b");
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.0, 0.1), {{"a", 0.0}, {"b", 0.11}}), "b");
}

TEST(FurthestOut, NeedsNoBaselineAboveZero) {
  EXPECT_EQ(furthest_out({"a", "b"}, two(0.01, 0.01, 0.0, -3.0), {{"a", 0.02}, {"b", 0.05}}), "b");
}

TEST(FurthestOutAsPot, DividesByTheBaseline) {
  EXPECT_EQ(furthest_out_as_pot({"a", "b"}, two(0.01, 0.01, 0.9, 0.1), {{"a", 0.05}, {"b", 0.03}}), "b");
}

TEST(Shortfalls, AreSharesOfDropsThatAreTooMuchAndZeroWhereAllHold) {
  const Drops far{{"a", 0.05}, {"b", 0.0}};
  const Drops near{{"a", 0.03}, {"b", 0.03}};
  const Drops inside{{"a", 0.01}, {"b", -0.5}};
  const Drops broken{{"a", kInfinity}, {"b", 0.0}};
  const auto found = shortfalls(two(0.01, 0.02), {&far, &near, &inside, &broken});
  EXPECT_DOUBLE_EQ(found[0].share, 1.0 - 0.01 / 0.05);
  EXPECT_DOUBLE_EQ(found[1].share, 1.0 - 0.01 / 0.03) << "of a, which is further out than b";
  EXPECT_EQ(found[2], Shortfall{});
  EXPECT_EQ(found[3], (Shortfall{1.0, kInfinity}));
  EXPECT_GT(found[3], found[0]);
}

TEST(Shortfalls, AreToldApartByTheExcessWhereNothingIsAllowed) {
  const Drops far{{"a", 0.05}, {"b", 0.0}};
  const Drops near{{"a", 0.03}, {"b", 0.0}};
  const auto found = shortfalls(two(0.0, 0.02), {&far, &near});
  EXPECT_EQ(found[0], (Shortfall{1.0, 1.0}));
  EXPECT_EQ(found[1], (Shortfall{1.0, 0.03 / 0.05}));
}

// ---- the search with several metrics -------------------------------------------------------------------------------

SearchSettings several() {
  SearchSettings settings{.accuracy_aware = true, .higher_is_better = {{"f1", true}, {"top1", true}}};
  settings.controlled = {{.name = "top1"}, {.name = "f1", .maximal_drop = 0.02}};
  return settings;
}

TEST(SeveralMetrics, MustAllHold) {
  Player player{.drops = {0.0}, .other_drops = {{"f1", {0.02}}}};
  EXPECT_EQ(player.play(several()).outcome, Outcome::NothingToDo);
  Player other{.drops = {0.0, 0.0}, .other_drops = {{"f1", {0.021, 0.001}}}};
  const Done done = other.play(several());
  EXPECT_EQ(other.story(), "F Q = R +A");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(other.state.rankings[0].metric, "f1") << "the one that is out";
  EXPECT_THAT(done.explanation, HasSubstr("drop 0, allowed 0.01), f1 0.899 (float 0.9, drop 0.001, allowed 0.02)"));
}

TEST(SeveralMetrics, GoesByTheOtherOnceTheOptimisedOneHolds) {
  Player player{.drops = {0.08, 0.005, 0.008, 0.009}, .other_drops = {{"f1", {0.04, 0.03, 0.025, 0.01}}}};
  const Done done = player.play(several());
  EXPECT_EQ(player.story(), "F Q = R +A R +B +C");
  EXPECT_EQ(player.state.rankings[0].metric, "top1");
  EXPECT_EQ(player.state.rankings[1].metric, "f1");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_EQ(std::get<Rank>(player.requests[5]).metric, "f1");
}

TEST(SeveralMetrics, JudgesStepsByTheOptimisedOneAlone) {
  // top1 gets worse and is back inside in the end; f1, furthest out, is what counts.
  Player player{.drops = {0.01, 0.02, 0.015, 0.0}, .other_drops = {{"f1", {0.2, 0.1, 0.05, 0.0}}}};
  EXPECT_EQ(player.play(several()).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +A +B +C");
}

TEST(SeveralMetrics, OfModelsThatMissReturnsTheOneNearestToTheTarget) {
  // top1 is fine everywhere; f1 is best in iteration 1.
  auto settings = several();
  settings.max_iter_num = 2;
  Player player{.drops = {0.0, 0.005, 0.0}, .other_drops = {{"f1", {0.08, 0.03, 0.05}}}};
  const Done done = player.play(settings);
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 1U);
}

TEST(SeveralMetrics, TakesAMissByAHairForLessThanAMissByFar) {
  auto settings = several();
  settings.controlled[1].maximal_drop = 0.01;
  settings.max_iter_num = 2;
  Player player{.drops = {0.30, 0.15, 0.0101}, .other_drops = {{"f1", {0.005, 0.008, 0.0101}}}};
  const Done done = player.play(settings);
  EXPECT_EQ(done.outcome, Outcome::NotMet);
  EXPECT_EQ(done.best, 2U) << "f1 is missed by this one alone, by a hundredth of its limit";
}

TEST(SeveralMetrics, JudgesByTheOtherFromWhereItIsTheOneThatCounts) {
  // f1 is better in the quantized model than in any that follows.
  auto settings = several();
  settings.controlled[1].maximal_drop = 0.01;
  Player player{.drops = {0.05, 0.005, 0.005, 0.005}, .other_drops = {{"f1", {0.0, 0.05, 0.04, 0.008}}}};
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "F Q = R +A R +B +C");
  EXPECT_EQ(done.outcome, Outcome::Met);
  EXPECT_TRUE(player.state.trials[done.best].accepted);
}

TEST(SeveralMetrics, TakeDirectionsAndGivenBaselinesEachForItself) {
  SearchSettings settings{.accuracy_aware = true, .higher_is_better = {{"loss", false}, {"top1", true}}};
  settings.controlled = {{.name = "top1"}, {.name = "loss", .maximal_drop = 0.5, .baseline_value = 1.2}};
  Player player{.drops = {0.0, 0.0}, .other_drops = {{"loss", {0.9 - 1.8, 0.9 - 1.6}}}};
  EXPECT_EQ(player.play(settings).outcome, Outcome::Met);
  EXPECT_EQ(player.story(), "F Q = R +D") << "one baseline is not known: float is measured";
  EXPECT_EQ(player.state.baseline->metrics.at("loss"), 1.2);
  EXPECT_NEAR(player.state.trials[0].drops.at("loss"), 0.6, 1e-12);
  EXPECT_NEAR(player.state.trials[1].drops.at("loss"), 0.4, 1e-12);
}

TEST(SeveralMetrics, WithABaselineOfZeroWorkAsAnyOther) {
  auto settings = several();
  settings.controlled[0].baseline_value = 0.0;
  settings.controlled[1].baseline_value = -1.0;
  settings.drop_type = DropType::Relative;
  Player player{.drops = {0.9 + 0.3, 0.9 - 0.1}, .other_drops = {{"f1", {0.9 + 1.5, 0.9 + 0.9}}}};
  const Done done = player.play(settings);
  EXPECT_EQ(player.story(), "Q = F R +A") << "float is measured only to find hard samples";
  EXPECT_DOUBLE_EQ(player.state.baseline->limits.at("top1"), 0.0);
  EXPECT_DOUBLE_EQ(player.state.baseline->limits.at("f1"), 0.02);
  EXPECT_EQ(done.outcome, Outcome::Met);
}

}  // namespace
}  // namespace quantrail
