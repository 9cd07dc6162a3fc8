#include "metrics/prediction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <class T>
std::vector<OutputView> view(const std::vector<T>& scores, ElementType type = ElementType::Float32) {
  return {{type, {static_cast<std::int64_t>(scores.size())}, std::as_bytes(std::span(scores))}};
}

/// Class, confidence by softmax, confidence as given.
std::vector<double> predicted(const std::vector<float>& scores) {
  std::vector<double> values;
  for (const auto& metric : prediction_metrics(0)) values.push_back(metric->of_sample(view(scores), {}).value);
  return values;
}

MATCHER_P3(Says, label, softmax, given, "") {
  return arg.size() == 3 && arg[0] == label && std::abs(arg[1] - softmax) < 1e-6 && std::abs(arg[2] - given) < 1e-6;
}

TEST(Prediction, IsTheClassWithTheHighestScore) {
  // e^0 : e^(ln 3) is 1 : 3; these scores add up to 1.0986.
  EXPECT_THAT(predicted({0.0F, std::log(3.0F)}), Says(1, 0.75, -1));
  EXPECT_THAT(predicted({2.0F, 2.0F - std::log(9.0F)}), Says(0, 0.9, -1));
  EXPECT_THAT(predicted({-1000.0F, 1000.0F}), Says(1, 1, -1));
}

TEST(Prediction, TakesProbabilitiesAsTheyAre) {
  // By softmax: e^0.7 / (e^0.1 + e^0.7 + e^0.2) = 2.01375 / 4.34032.
  EXPECT_THAT(predicted({0.1F, 0.7F, 0.2F}), Says(1, 0.463963, 0.7));
  EXPECT_THAT(predicted({0.1F, 0.705F, 0.2F}), Says(1, 0.465207, 0.705)) << "nearly";
  EXPECT_THAT(predicted({1.005F, 0.0F}), Says(0, 0.732041, 1)) << "at most 1";
  EXPECT_EQ(predicted({0.1F, 0.75F, 0.2F})[2], -1) << "they sum to 1.05";
  EXPECT_EQ(predicted({-0.1F, 0.9F, 0.2F})[2], -1) << "one is negative";
}

TEST(Prediction, OfEqualScoresIsTheFirstAsAccuracyHasIt) {
  EXPECT_THAT(predicted({0.0F, 4.0F, 4.0F}), Says(1, 1.0 / (2.0 + std::exp(-4.0)), -1));
  EXPECT_THAT(predicted({0.25F, 0.25F, 0.25F, 0.25F}), Says(0, 0.25, 0.25));
}

TEST(Prediction, SaysNothingWhereScoresDoNot) {
  EXPECT_THAT(predicted({kNaN, 0.9F}), ElementsAre(-1, -1, -1));
  EXPECT_THAT(predicted({0.9F, kNaN}), ElementsAre(-1, -1, -1));
  EXPECT_THAT(predicted({kInfinity, 0.0F}), ElementsAre(-1, -1, -1));
  EXPECT_THAT(predicted({-kInfinity, -kInfinity}), ElementsAre(-1, -1, -1));
}

TEST(Prediction, TakesAClassThatIsRuledOut) { EXPECT_THAT(predicted({-kInfinity, 3.0F}), Says(1, 1, -1)); }

TEST(Prediction, ReadsDoublesAndOtherOutputs) {
  const std::vector<double> scores{0.0, std::log(3.0)};
  auto outputs = view(std::vector<float>{1.0F, 0.0F});
  outputs.push_back(view(scores, ElementType::Float64).front());
  const auto metrics = prediction_metrics(1);
  EXPECT_EQ(metrics[0]->of_sample(outputs, {}).value, 1.0);
  EXPECT_NEAR(metrics[1]->of_sample(outputs, {}).value, 0.75, 1e-15);
}

TEST(Prediction, NeedsScoresOfTwoClassesAndNoTruth) {
  const auto problem = [](const std::vector<float>& scores, std::int64_t output) {
    const auto suits = prediction_metrics(output)[0]->accepts(view(scores), {});
    return suits ? "none" : suits.error().message;
  };
  EXPECT_EQ(problem({1.0F, 2.0F}, 0), "none");
  EXPECT_THAT(problem({1.0F, 2.0F}, 2), HasSubstr("output 2 is asked for, the network has 1"));
  EXPECT_EQ(problem({1.0F}, 0), "output 0 has a single score per sample: a class is predicted of two or more");
}

TEST(Prediction, HasANameAndIdentityOfItsOwnForEachValueAndOutput) {
  std::set<std::string> names, identities;
  for (const std::int64_t output : {0, 1}) {
    for (const auto& metric : prediction_metrics(output)) {
      names.insert(metric->name());
      identities.insert(metric->identity());
    }
  }
  EXPECT_EQ(names.size(), 3U);
  EXPECT_EQ(identities.size(), 6U);
}

TEST(Prediction, AsAWholeIsTheShareOfSamplesThatHaveOne) {
  EXPECT_EQ(prediction_metrics(0)[0]->aggregated(std::vector<SampleScore>{{3.0}, {-1.0}, {0.0}, {7.0}}), 0.75);
}

/// What an evaluation on samples with these scores comes to.
ConfidentSamples confident(const std::vector<std::vector<float>>& scores, double threshold) {
  std::map<std::string, std::vector<double>> per_sample;
  for (const auto& metric : prediction_metrics(0)) {
    for (const auto& sample : scores) per_sample[metric->name()].push_back(metric->of_sample(view(sample), {}).value);
  }
  return confident_samples(per_sample, threshold);
}

TEST(ConfidentSamples, AreThoseAtTheThresholdOrAbove) {
  const std::vector<std::vector<float>> scores{{0.5F, 0.5F}, {0.25F, 0.75F}, {1.0F, 0.0F}, {kNaN, 1.0F}};
  const auto found = confident(scores, 0.75);
  EXPECT_THAT(found.samples, ElementsAre(1, 2));
  EXPECT_THAT(found.classes, ElementsAre(1, 0));
  EXPECT_TRUE(found.probabilities);
  EXPECT_EQ(found.unpredicted, 1U);
  EXPECT_EQ(found.highest, 1.0);
  EXPECT_THAT(confident(scores, 0.0).samples, ElementsAre(0, 1, 2));
  EXPECT_THAT(confident(scores, 1.0).samples, ElementsAre(2));
}

TEST(ConfidentSamples, TakeScoresForProbabilitiesOnlyWhereAllAre) {
  // One that is none shows that the other one looks like one by chance.
  const auto found = confident({{0.25F, 0.75F}, {-4.0F, 4.0F}}, 0.7);
  EXPECT_FALSE(found.probabilities);
  EXPECT_THAT(found.samples, ElementsAre(1));
  EXPECT_NEAR(found.highest, 1.0 / (1.0 + std::exp(-8.0)), 1e-12);
}

TEST(ConfidentSamples, MayBeNone) {
  const auto unsure = confident({{0.5F, 0.5F}, {0.25F, 0.75F}}, 0.8);
  EXPECT_THAT(unsure.samples, IsEmpty());
  EXPECT_EQ(unsure.highest, 0.75);
  const auto nothing = confident({{kNaN, 0.5F}}, 0.0);
  EXPECT_THAT(nothing.samples, IsEmpty());
  EXPECT_EQ(nothing.unpredicted, 1U);
}

}  // namespace
}  // namespace quantrail
