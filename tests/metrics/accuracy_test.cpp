#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "metrics/registry.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::unique_ptr<Metric> top(std::int64_t k) {
  MetricSpec spec;
  spec.top_k = k;
  return std::move(*make_metric(spec));
}

std::vector<OutputView> scores_view(const std::vector<float>& scores, Shape shape) {
  return {{ElementType::Float32, std::move(shape), std::as_bytes(std::span(scores))}};
}

double value_of(std::int64_t k, const std::vector<float>& scores, std::int64_t label) {
  return top(k)->of_sample(scores_view(scores, {static_cast<std::int64_t>(scores.size())}), {.label = label}).value;
}

TEST(Accuracy, CountsTheHighestScore) {
  EXPECT_EQ(value_of(1, {0.1F, 0.7F, 0.2F}, 1), 1.0);
  EXPECT_EQ(value_of(1, {0.1F, 0.7F, 0.2F}, 2), 0.0);
}

TEST(Accuracy, CountsALabelAmongTheFirstK) {
  EXPECT_EQ(value_of(2, {0.1F, 0.7F, 0.2F}, 2), 1.0);
  EXPECT_EQ(value_of(2, {0.1F, 0.7F, 0.2F}, 0), 0.0);
  EXPECT_EQ(value_of(3, {0.1F, 0.7F, 0.2F}, 0), 1.0);
}

TEST(Accuracy, BreaksTiesByTheLowerIndexAsArgmaxDoes) {
  EXPECT_EQ(value_of(1, {0.5F, 0.5F, 0.5F}, 0), 1.0);
  EXPECT_EQ(value_of(1, {0.5F, 0.5F, 0.5F}, 1), 0.0);
  EXPECT_EQ(value_of(2, {0.5F, 0.5F, 0.5F}, 1), 1.0);
  EXPECT_EQ(value_of(1, {-0.0F, 0.0F}, 1), 0.0);
}

TEST(Accuracy, CountsASampleWithNaNAsWrong) {
  EXPECT_EQ(value_of(1, {kNaN, 0.9F}, 0), 0.0);
  EXPECT_EQ(value_of(1, {kNaN, 0.9F}, 1), 0.0);
  EXPECT_EQ(value_of(2, {kNaN, kNaN}, 1), 0.0);
}

TEST(Accuracy, TakesInfiniteScores) {
  EXPECT_EQ(value_of(1, {std::numeric_limits<float>::infinity(), 1.0F}, 0), 1.0);
  EXPECT_EQ(value_of(1, {-std::numeric_limits<float>::infinity(), -1.0F}, 1), 1.0);
}

TEST(Accuracy, IsTheShareOfRightSamples) {
  const std::vector<SampleScore> scores{{1.0}, {0.0}, {1.0}, {1.0}};
  EXPECT_EQ(top(1)->aggregated(scores), 0.75);
  EXPECT_TRUE(top(1)->higher_is_better());
}

TEST(Accuracy, AcceptsScoresWithAxesOfSizeOne) {
  const std::vector<float> scores{1, 2, 3};
  for (const Shape& shape : {Shape{3}, Shape{1, 3}, Shape{3, 1, 1}}) {
    EXPECT_TRUE(top(1)->accepts(scores_view(scores, shape), {.label = 2}).has_value());
  }
}

TEST(Accuracy, RefusesOutputsThatAreNotOneScorePerClass) {
  const std::vector<float> scores(6);
  const auto refused = top(1)->accepts(scores_view(scores, {2, 3}), {.label = 0});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("[2,3]"));
}

TEST(Accuracy, RefusesALabelOutOfRangeNamingTheRange) {
  const std::vector<float> scores{1, 2, 3};
  for (const std::int64_t label : {-1, 3}) {
    const auto refused = top(1)->accepts(scores_view(scores, {3}), {.label = label});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause, Cause::InvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr(fmt::format("label {} is out of range", label)));
    EXPECT_THAT(refused.error().message, HasSubstr("0 to 2"));
  }
}

TEST(Accuracy, RefusesUnlabelledSamplesAndImpossibleParameters) {
  const std::vector<float> scores{1, 2, 3};
  EXPECT_THAT(top(1)->accepts(scores_view(scores, {3}), {}).error().message, HasSubstr("no labels"));
  EXPECT_THAT(top(4)->accepts(scores_view(scores, {3}), {.label = 0}).error().message, HasSubstr("only 3 classes"));
  MetricSpec second;
  second.output = 1;
  EXPECT_THAT((*make_metric(second))->accepts(scores_view(scores, {3}), {.label = 0}).error().message,
              HasSubstr("the network has 1"));
}

TEST(Accuracy, RefusesIntegerOutputs) {
  const std::vector<std::int64_t> classes{1, 2};
  const std::vector<OutputView> outputs{{ElementType::Int64, {2}, std::as_bytes(std::span(classes))}};
  EXPECT_THAT(top(1)->accepts(outputs, {.label = 0}).error().message, HasSubstr("int64"));
}

TEST(Accuracy, IsIdentifiedByItsParametersNotItsName) {
  MetricSpec first, renamed, other;
  renamed.name = "mine";
  other.top_k = 5;
  EXPECT_EQ((*make_metric(first))->identity(), (*make_metric(renamed))->identity());
  EXPECT_NE((*make_metric(first))->identity(), (*make_metric(other))->identity());
  EXPECT_EQ((*make_metric(renamed))->name(), "mine");
  EXPECT_EQ((*make_metric(other))->name(), "accuracy@top5");
}

TEST(Registry, ProposesTheNearestMetric) {
  MetricSpec spec;
  spec.type = "acuracy";
  const auto made = make_metric(spec);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().cause, Cause::InvalidInput);
  EXPECT_THAT(made.error().message, HasSubstr("did you mean \"accuracy\"?"));
}

}  // namespace
}  // namespace quantrail
