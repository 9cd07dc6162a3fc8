// Bisecting with estimates on the samples that groups were ranked on.
#include "search/guess.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_search::accuracy_aware;
using testing_search::Player;

/// Groups are ranked on 4 of 10 samples.
SearchSettings guessing() {
  auto settings = accuracy_aware();
  settings.order = SearchOrder::Bisect;
  settings.ranking_subset_size = 4;
  return settings;
}

/// `count` groups in the order in which they rank, of which the first `needed` are enough.
Player needing(std::size_t needed, std::size_t count) {
  Player player{.groups = ""};
  for (std::size_t at = 0; at < count; ++at) player.groups += static_cast<char>('0' + at);
  player.rank_value = [](const auto&, const std::string& candidate) { return 1.0 - 0.001 * (candidate[0] - '0'); };
  player.drop_with = [=](const auto& reverted) {
    return 0.01 + 0.001 * (static_cast<double>(needed) - static_cast<double>(reverted.size()));
  };
  return player;
}

std::size_t found(const Player& player, const Done& done) {
  EXPECT_EQ(done.outcome, Outcome::Met);
  return player.state.trials[done.best].reverted.size();
}

std::size_t validations(const Player& player) { return player.state.trials.size() - 1; }

TEST(Guess, ValidatesWhatEstimatesFindAndTheNextShorterOne) {
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = [](const auto& reverted) { return reverted.size() >= 3 ? 0.0 : 0.05; };
  const Done done = player.play(guessing());
  EXPECT_EQ(player.story(), "F Q = R e1 e2 e4 e3 !ABC ?AB");
  EXPECT_THAT(done.explanation, HasSubstr("Target met after 2 steps with 3 of 8 groups in float"));
}

TEST(Guess, NeedsTwoValidationsWhereEstimatesAreRight) {
  for (std::size_t needed = 1; needed <= 64; ++needed) {
    SCOPED_TRACE(needed);
    Player player = needing(needed, 64);
    EXPECT_EQ(found(player, player.play(guessing())), needed);
    EXPECT_EQ(validations(player), needed == 1 ? 1U : 2U);
  }
}

TEST(Guess, FindsTheSameWhereEstimatesAreWrongByTheSameAmount) {
  for (const double by : {-0.02, -0.005, 0.005, 0.02}) {
    for (std::size_t needed = 1; needed <= 40; ++needed) {
      SCOPED_TRACE(testing::Message() << needed << " " << by);
      Player player = needing(needed, 64);
      player.misleading = [=](const auto&) { return by; };
      EXPECT_EQ(found(player, player.play(guessing())), needed);
      EXPECT_LE(validations(player), 7U);
    }
  }
}

TEST(Guess, CorrectsEstimatesThatAreTooGoodByTheSameShare) {
  for (std::size_t needed = 2; needed <= 64; ++needed) {
    SCOPED_TRACE(needed);
    Player player = needing(needed, 64);
    player.misleading = [&](const auto& reverted) { return -0.4 * player.drop_with(reverted); };
    EXPECT_EQ(found(player, player.play(guessing())), needed);
    EXPECT_LE(validations(player), 3U) << "one to learn from, two to be sure";
  }
}

TEST(Guess, FindsTheSameThoughEstimatesAreNonsense) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    for (std::size_t needed = 1; needed <= 64; ++needed) {
      SCOPED_TRACE(testing::Message() << needed << " " << seed);
      Player player = needing(needed, 64);
      player.misleading = [=](const auto& reverted) {
        std::minstd_rand random(seed * 1000U + static_cast<unsigned>(reverted.size()) + 1U);
        return 0.1 * (static_cast<double>(random() % 1000U) / 1000.0 - 0.5);
      };
      EXPECT_EQ(found(player, player.play(guessing())), needed);
      EXPECT_LE(validations(player), 14U) << "2 log2(64) + 2";
      EXPECT_LE(player.state.estimates.size(), 64U);
    }
  }
}

TEST(Guess, ValidatesWhatMissesByLittle) {
  Player player{.groups = "ABCDEFGH"};
  // The limit is 0.01: what is 0.0104 by estimate may do, what is 0.0106 will not.
  player.drop_with = [](const auto& reverted) { return reverted.size() >= 3 ? 0.0 : 0.0104; };
  EXPECT_EQ(found(player, player.play(guessing())), 3U);
  EXPECT_EQ(player.story(), "F Q = R e1 ?A e2 ?AB e4 e3 !ABCD !ABC") << "two failures ask for two more";
  Player other{.groups = "ABCDEFGH"};
  other.drop_with = [](const auto& reverted) { return reverted.size() >= 3 ? 0.0 : 0.0106; };
  EXPECT_EQ(found(other, other.play(guessing())), 3U);
  EXPECT_EQ(other.story(), "F Q = R e1 e2 e4 e3 !ABC ?AB");
}

TEST(Guess, TakesAnEstimateThatIsNotANumberForTooFew) {
  Player player = needing(5, 16);
  player.misleading = [](const auto&) { return NAN; };
  EXPECT_EQ(found(player, player.play(guessing())), 5U);
}

TEST(Guess, IsNotMadeWhereTheBaseHasSamplesWithoutANumber) {
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = [](const auto& reverted) { return reverted.empty() ? NAN : reverted.size() >= 3 ? 0.0 : 0.05; };
  EXPECT_EQ(found(player, player.play(guessing())), 3U);
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB !ABCD !ABC");
}

TEST(Guess, EndsWhereAllGroupsAreNotEnough) {
  Player player = needing(9, 4);
  EXPECT_EQ(player.play(guessing()).outcome, Outcome::NotMet);
  EXPECT_EQ(player.story(), "F Q = R e1 e2 e4 ?0123");
}

TEST(Guess, IsNotMadeWhereGroupsAreRankedOnMoreThanHalfOfTheSamples) {
  auto settings = guessing();
  settings.ranking_subset_size = 6;
  Player player{.groups = "ABCDEFGH"};
  player.drop_with = [](const auto& reverted) { return reverted.size() >= 3 ? 0.0 : 0.05; };
  static_cast<void>(player.play(settings));
  EXPECT_EQ(player.story(), "F Q = R ?A ?AB !ABCD !ABC");
}

TEST(Guess, CountsForNoStep) {
  auto settings = guessing();
  settings.max_iter_num = 1;
  Player player = needing(3, 8);
  EXPECT_EQ(found(player, player.play(settings)), 3U);
  EXPECT_EQ(player.story(), "F Q = R e1 e2 e4 e3 !012");
}

TEST(Guess, StartsFromGroupsThatWereGiven) {
  auto settings = guessing();
  settings.start = {"5", "7"};
  Player player = needing(5, 8);
  EXPECT_EQ(found(player, player.play(settings)), 5U);
  EXPECT_EQ(player.story(), "F Q = +7 R e3 e4 e6 e5 !57012 ?5701") << "e: with the two that were given";
}

TEST(Guess, HoldsAllMetrics) {
  auto settings = guessing();
  settings.higher_is_better["top5"] = true;
  settings.controlled = {{.name = "top1", .maximal_drop = 0.01}, {.name = "top5", .maximal_drop = 0.008}};
  Player player = needing(4, 8);
  EXPECT_EQ(found(player, player.play(settings)), 6U) << "four are enough for top1, two more for top5";
  EXPECT_EQ(validations(player), 2U);
}

// ---- the estimate, by hand -----------------------------------------------------------------------------------------

SearchState ranked_on(std::vector<std::size_t> samples) {
  SearchState state = started(accuracy_aware());
  state.float_values = SampleValues{{"top1", {1, 1, 1, 1, 1, 1, 0, 0}}};
  state.base_values = {{"top1", {0, 0, 0, 1, 1, 1, 1, 0}}};
  state.baseline = Baseline{.metrics = {{"top1", 0.75}}, .limits = {{"top1", 0.01}}, .optimised = "top1"};
  state.trials = {{.drops = {{"top1", 0.25}}}};
  state.rankings = {{.samples = std::move(samples)}};
  return state;
}

TEST(EstimatedDrops, SupposeThatTheRestIsRegainedInTheSameMeasure) {
  // The base loses samples 0, 1, 2. On 0 and 1 one is regained: of all three 3/2 would be.
  const auto drops = estimated_drops(ranked_on({0, 1}), {{"top1", {0, 1}}});
  EXPECT_DOUBLE_EQ(drops.at("top1"), 0.25 - 1.0 / 8.0 * 3.0 / 2.0);
}

TEST(EstimatedDrops, AreThoseOfTheBaseWhereNothingIsRegained) {
  EXPECT_DOUBLE_EQ(estimated_drops(ranked_on({0, 1}), {{"top1", {0, 0}}}).at("top1"), 0.25);
}

TEST(EstimatedDrops, CountWhatGetsWorse) {
  // All that is lost is among these samples: 0, 1, 2 are regained, 3 is lost instead.
  const auto drops = estimated_drops(ranked_on({0, 1, 2, 3}), {{"top1", {1, 1, 1, 0}}});
  EXPECT_DOUBLE_EQ(drops.at("top1"), 0.25 - 2.0 / 8.0);
}

TEST(EstimatedDrops, TakeSamplesOnWhichNothingIsLostAsTheyAre) {
  EXPECT_DOUBLE_EQ(estimated_drops(ranked_on({6, 7}), {{"top1", {1, 1}}}).at("top1"), 0.25 - 1.0 / 8.0);
}

TEST(EstimatedDrops, AreInTheMetricsOwnUnit) {
  // As of rmse: samples have other values than the metric. Of all losses (2 more than gains) half is regained.
  auto state = ranked_on({0, 1, 2, 3});
  state.trials[0].drops["top1"] = 40.0;
  EXPECT_DOUBLE_EQ(estimated_drops(state, {{"top1", {1, 0, 0, 1}}}).at("top1"), 20.0);
  EXPECT_DOUBLE_EQ(estimated_drops(state, {{"top1", {0, 0, 0, 1}}}).at("top1"), 40.0);
  state.base_values["top1"] = {1, 1, 1, 1, 1, 1, 1, 0};
  EXPECT_DOUBLE_EQ(estimated_drops(state, {{"top1", {1, 1, 1, 1}}}).at("top1"), 40.0) << "nothing is lost by samples";
}

TEST(EstimatedDrops, KnowFloatOnTheComparisonOnly) {
  auto state = ranked_on({0, 4});
  state.comparison = {0, 2, 4, 6};
  state.float_values = SampleValues{{"top1", {1, 1, 1, 0}}};
  // Of the comparison 0 and 2 are lost, so 4 of all 8; of these, 0 is ranked on.
  EXPECT_DOUBLE_EQ(estimated_drops(state, {{"top1", {1, 1}}}).at("top1"), 0.25 - 1.0 / 8.0 * 4.0);
}

// ---- where to validate ---------------------------------------------------------------------------------------------

TEST(LengthToValidate, GoesFurtherAwayTheMoreGuessesWereWrong) {
  EXPECT_EQ(length_to_validate({.groups = 64}, 13), 13U);
  EXPECT_EQ(length_to_validate({.groups = 64, .enough = 13, .successes = 1}, 13), 12U);
  EXPECT_EQ(length_to_validate({.groups = 64, .enough = 12, .successes = 2}, 12), 10U);
  EXPECT_EQ(length_to_validate({.groups = 64, .enough = 10, .successes = 3}, 10), 6U);
  EXPECT_EQ(length_to_validate({.groups = 64, .too_few = 13, .failures = 1}, 14), 14U);
  EXPECT_EQ(length_to_validate({.groups = 64, .too_few = 14, .failures = 2}, 15), 16U);
  EXPECT_EQ(length_to_validate({.groups = 64, .too_few = 16, .failures = 3}, 40), 40U);
  EXPECT_EQ(length_to_validate({.groups = 17, .too_few = 16, .failures = 3}, 17), 17U);
  EXPECT_EQ(length_to_validate({.groups = 64, .too_few = 16, .enough = 40, .failures = 3, .successes = 1}, 40), 39U)
      << "the first that is enough asks for the one before, whatever failed";
  EXPECT_EQ(length_to_validate({.groups = 64, .too_few = 10, .enough = 12, .failures = 2, .successes = 1}, 12), 11U);
  EXPECT_EQ(length_to_validate({.groups = 64, .enough = 2, .successes = 5}, 2), 1U);
}

}  // namespace
}  // namespace quantrail
