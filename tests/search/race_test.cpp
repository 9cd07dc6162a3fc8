#include "search/race.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "base/mean.h"
#include "search/player.h"

namespace quantrail {
namespace {

using testing::ElementsAre;

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> samples(count);
  std::iota(samples.begin(), samples.end(), std::size_t{0});
  return samples;
}

std::vector<std::size_t> sizes(const std::vector<std::vector<std::size_t>>& rounds) {
  std::vector<std::size_t> out;
  for (const auto& round : rounds) out.push_back(round.size());
  return out;
}

TEST(RaceRounds, DoubleWhatWasSeen) {
  EXPECT_THAT(sizes(race_rounds(first(300))), ElementsAre(38, 38, 76, 148));
  EXPECT_THAT(sizes(race_rounds(first(32))), ElementsAre(4, 4, 8, 16));
  EXPECT_THAT(sizes(race_rounds(first(31))), ElementsAre(31));
  EXPECT_TRUE(race_rounds({}).empty());
}

TEST(RaceRounds, TakeTheHardestFirstAndSortWithinAShare) {
  std::vector<std::size_t> worst_first = first(64);
  std::reverse(worst_first.begin(), worst_first.end());
  const auto rounds = race_rounds(worst_first);
  EXPECT_THAT(rounds[0], ElementsAre(56, 57, 58, 59, 60, 61, 62, 63));
  EXPECT_EQ(rounds[1].back(), 55U);
}

/// A runner that got `right` of 40 samples right, the first ones.
Runner runner(std::string group, std::size_t right, double distance = 0.5) {
  Runner one{.group = std::move(group),
             .values = std::vector<double>(40, 0.0),
             .distances = std::vector<double>(40, distance)};
  std::fill_n(one.values.begin(), right, 1.0);
  return one;
}

std::string left(const std::vector<Runner>& runners) {
  std::string out;
  for (const auto& one : runners) {
    if (!one.dropped) out += one.group;
  }
  return out;
}

TEST(DropBehind, DropsWhatIsWorseByMoreThanChance) {
  // Against A, the best quarter of the four that stay: 20 of 40 samples differ for E, mean 0.5, deviation 0.5: bound
  // 0.342. 3 differ for F: mean 0.075, deviation 0.263, bound -0.008.
  std::vector<Runner> runners{runner("A", 30), runner("B", 29), runner("C", 29),
                              runner("D", 28), runner("E", 10), runner("F", 27)};
  drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners), "ABCDF");
  ASSERT_TRUE(runners[4].dropped);
  EXPECT_NEAR(runners[4].behind, 0.5 - 2 * 0.5 / std::sqrt(40.0), 1e-12);
}

TEST(DropBehind, TakesItsBoundToTheRootOfAMean) {
  // As above, of squared errors: the mean is 10 / 40 for A and at least 0.342 more for E.
  std::vector<Runner> runners{runner("A", 30), runner("B", 29), runner("C", 29),
                              runner("D", 28), runner("E", 10), runner("F", 27)};
  for (auto& one : runners) {
    for (auto& value : one.values) value -= 1.0;
  }
  drop_behind(runners, RankingSignal::Metric, Aggregate::RootOfMean);
  EXPECT_EQ(left(runners), "ABCDF");
  const double bound = 0.5 - 2 * 0.5 / std::sqrt(40.0);
  EXPECT_NEAR(runners[4].behind, std::sqrt(0.25 + bound) - std::sqrt(0.25), 1e-12);
}

TEST(DropBehind, ComparesWithTheLastOfTheBestQuarterOfThoseThatStay) {
  // Of 32 candidates 8 stay, and the second is the last of their best quarter: not so good that all others would be
  // worse for certain, as they are than the first.
  std::vector<Runner> runners{runner("A", 40), runner("B", 12)};
  for (int at = 0; at < 30; ++at) runners.push_back(runner("C", 10));
  drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners).size(), 32U) << "2 of 40 differ: mean 0.05, deviation 0.218, bound -0.019";
  runners[1] = runner("B", 16);
  drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners).size(), 22U) << "6 of 40 differ: mean 0.15, deviation 0.357, bound 0.037; a third may go";
  drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners).size(), 15U) << "of those that are left";
  for (int again = 0; again < 5; ++again) drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners).size(), 8U) << "and a quarter stays";
}

TEST(DropBehind, KeepsAtLeastFourOrAQuarter) {
  std::vector<Runner> few{runner("A", 40), runner("B", 1), runner("C", 1), runner("D", 0)};
  drop_behind(few, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(few), "ABCD");
  EXPECT_EQ(stayers(3), 4U);
  EXPECT_EQ(stayers(54), 14U);
}

TEST(DropBehind, GoesByDistancesWhereTheMetricIsTheSameOnEverySample) {
  std::vector<Runner> runners;
  for (char name = 'A'; name <= 'F'; ++name) runners.push_back(runner({name}, 20, 0.1 * (name - 'A')));
  auto by_metric = runners;
  drop_behind(by_metric, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(by_metric), "ABCDEF");
  drop_behind(runners, RankingSignal::Auto, Aggregate::Mean);
  EXPECT_EQ(left(runners), "ABCD") << "each is farther on every sample";
}

TEST(DropBehind, GoesByDistancesAloneWhereAskedTo) {
  std::vector<Runner> runners;
  for (char name = 'A'; name <= 'F'; ++name) {
    runners.push_back(runner({name}, static_cast<std::size_t>(5 * (name - 'A')), 0.1 * (name - 'A')));
  }
  drop_behind(runners, RankingSignal::Distance, Aggregate::Mean);
  EXPECT_EQ(left(runners), "ABCD");
}

TEST(DropBehind, DropsNothingOnNumbersThatAreNone) {
  std::vector<Runner> runners;
  for (char name = 'A'; name <= 'F'; ++name) {
    runners.push_back(runner({name}, 40));
    runners.back().values[0] = std::numeric_limits<double>::quiet_NaN();
  }
  drop_behind(runners, RankingSignal::Metric, Aggregate::Mean);
  EXPECT_EQ(left(runners), "ABCDEF");
}

// ---- the search with a race ----------------------------------------------------------------------------------------

/// Groups A to H; on hard samples H regains most, then G, ...; sample i is lost by every model from 8 * i on.
class Racing : public testing::Test {
 protected:
  static constexpr std::size_t kAll = 64;

  Racing() {
    settings_.mode = RankingMode::Race;
    settings_.max_iter_num = 0;
  }

  [[nodiscard]] static Evaluation of(std::vector<double> values) {
    Evaluation out{.samples = values.size()};
    double sum = 0.0;
    for (const double value : values) sum += value;
    out.metrics["top1"] = sum / static_cast<double>(values.size());
    out.per_sample["top1"] = std::move(values);
    return out;
  }

  /// Whether the model with group number `group` in float has `sample` right: the last groups regain the most.
  [[nodiscard]] static double right(std::size_t group, std::size_t sample) { return sample % 8 <= group ? 1.0 : 0.0; }

  [[nodiscard]] Answer answer(const Request& request) const {
    if (const auto* rank = std::get_if<Rank>(&request)) {
      Ranked ranked;
      for (const auto& candidate : rank->candidates) {
        CandidateValue value;
        for (const auto sample : rank->samples) {
          const double good = right(static_cast<std::size_t>(candidate[0] - 'A'), sample);
          value.per_sample.push_back(root_ ? 1.0 - good : good);
          value.distances.push_back(0.5);
        }
        value.metric = root_ ? std::sqrt(mean_of<double>(value.per_sample)) : mean_of<double>(value.per_sample);
        value.distance = 0.5;
        ranked.values.push_back(std::move(value));
      }
      return ranked;
    }
    if (std::holds_alternative<Quantize>(request)) {
      Quantized quantized;
      for (char name = 'A'; name <= 'H'; ++name) quantized.groups.push_back({{name}, {{name}}, 1});
      return quantized;
    }
    const bool is_float = std::holds_alternative<EvaluateFloat>(request);
    return of(std::vector<double>(kAll, is_float != root_ ? 1.0 : 0.0));
  }

  /// Plays until the first ranking is there.
  void play() {
    settings_.max_iter_num.reset();
    state_ = started(settings_);
    while (state_.rankings.empty()) {
      const Request request = next(state_);
      if (const auto* rank = std::get_if<Rank>(&request)) asked_.push_back(*rank);
      state_ = after(std::move(state_), answer(request));
    }
  }

  SearchSettings settings_ = testing_search::accuracy_aware();
  bool root_ = false;  ///< the metric is the root of the mean of what is wrong
  SearchState state_{};
  std::vector<Rank> asked_{};
};

TEST_F(Racing, AsksForGrowingSharesOfFewerAndFewerCandidates) {
  play();
  std::vector<std::size_t> candidates, samples;
  for (const auto& rank : asked_) {
    candidates.push_back(rank.candidates.size());
    samples.push_back(rank.samples.size());
  }
  EXPECT_THAT(samples, ElementsAre(8, 8, 16, 32));
  EXPECT_EQ(candidates.front(), 8U);
  EXPECT_LT(candidates.back(), 8U);
  EXPECT_GE(candidates.back(), 4U);
}

TEST_F(Racing, RanksAndRecordsWhatWasDroppedAndWhy) {
  play();
  const auto& scores = state_.rankings.front().scores;
  ASSERT_EQ(scores.size(), 8U);
  EXPECT_EQ(scores[0].group, "H");
  EXPECT_EQ(scores[1].group, "G");
  EXPECT_DOUBLE_EQ(scores[0].score, 1.0);
  EXPECT_DOUBLE_EQ(scores[1].score, 7.0 / 8.0);
  EXPECT_EQ(scores[0].samples, 64U);
  EXPECT_FALSE(scores[0].behind);
  EXPECT_EQ(scores.back().group, "A");
  EXPECT_LT(scores.back().samples, 64U);
  ASSERT_TRUE(scores.back().behind);
  EXPECT_GT(*scores.back().behind, 0.0);
  EXPECT_EQ(state_.rankings.front().samples.size(), 64U);
}

TEST_F(Racing, PutsFirstWhatAnExactRankingPutsFirst) {
  play();
  const auto raced = state_.rankings.front().scores;
  settings_.mode = RankingMode::Exact;
  play();
  const auto exact = state_.rankings.front().scores;
  for (std::size_t at = 0; at < 4; ++at) EXPECT_EQ(raced[at], exact[at]);
}

TEST_F(Racing, ScoresARootAsAnExactRankingDoes) {
  root_ = true;
  settings_.higher_is_better = {{"top1", false}};
  settings_.roots = {"top1"};
  play();
  const auto raced = state_.rankings.front().scores;
  settings_.mode = RankingMode::Exact;
  play();
  const auto exact = state_.rankings.front().scores;
  EXPECT_DOUBLE_EQ(exact[1].score, -std::sqrt(1.0 / 8.0));
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(raced[at].group, exact[at].group);
    EXPECT_DOUBLE_EQ(raced[at].score, exact[at].score);
  }
}

TEST_F(Racing, ReplayedFromEveryShareAsksTheSame) {
  play();
  SearchState again = started(settings_);
  std::size_t seen = 0;
  while (again.rankings.empty()) {
    const Request request = next(again);
    if (const auto* rank = std::get_if<Rank>(&request)) {
      EXPECT_EQ(*rank, asked_[seen++]);
    }
    again = after(std::move(again), answer(request));
  }
  EXPECT_EQ(again.rankings.front().scores, state_.rankings.front().scores);
}

}  // namespace
}  // namespace quantrail
