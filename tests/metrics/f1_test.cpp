#include <gmock/gmock.h>

#include <limits>

#include "metrics/views.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::kNotANumber;
using testing::metric_named;
using testing::metric_of;
using testing::Outputs;
using testing::refusal;

Truth label(std::int64_t value) { return {.label = value}; }

/// Predictions as one-hot scores of three classes; -1: NaN.
double over(const MetricSpec& spec, const std::vector<int>& found, const std::vector<std::int64_t>& labels) {
  const auto one = metric_of(spec);
  std::vector<SampleScore> scores;
  for (std::size_t at = 0; at < found.size(); ++at) {
    std::vector<float> values(3, found[at] < 0 ? kNotANumber : 0.0F);
    if (found[at] >= 0) values[static_cast<std::size_t>(found[at])] = 1.0F;
    scores.push_back(one->of_sample(Outputs().add<float>({3}, values).views(), label(labels[at])));
  }
  return one->aggregated(scores);
}

TEST(F1, IsTheMeanOverClassesThatOccur) {
  // class 0: 2 right, 1 wrong (4/5); class 1: 1 right, 1 wrong (2/3); class 2 does not occur
  EXPECT_NEAR(over({.type = "f1"}, {0, 0, 0, 1}, {0, 0, 1, 1}), (4.0 / 5.0 + 2.0 / 3.0) / 2.0, 1e-12);
  EXPECT_EQ(over({.type = "f1"}, {0, 1, 2}, {0, 1, 2}), 1.0);
  EXPECT_EQ(over({.type = "f1"}, {1, 2, 0}, {0, 1, 2}), 0.0);
}

TEST(F1, CanBeOfOneClass) {
  EXPECT_NEAR(over({.type = "f1", .positive = 1}, {0, 0, 0, 1}, {0, 0, 1, 1}), 2.0 / 3.0, 1e-12);
  EXPECT_EQ(over({.type = "f1", .positive = 2}, {0, 0}, {0, 1}), 0.0) << "that never occurs";
}

TEST(F1, CountsNaNAsAMissAlone) {
  EXPECT_NEAR(over({.type = "f1", .positive = 0}, {0, -1}, {0, 0}), 2.0 / 3.0, 1e-12);
  EXPECT_EQ(over({.type = "f1"}, {-1}, {1}), 0.0);
}

TEST(F1, ChecksTheClassThatIsAskedFor) {
  EXPECT_THAT(refusal(*metric_of({.type = "f1", .positive = 3}), Outputs().add<float>({3}, {1, 2, 3}), label(0)),
              HasSubstr("positive is 3, the network's classes are 0 to 2"));
}

TEST(Threshold, MakesTwoClassesOfASingleScore) {
  for (const auto* type : {"accuracy", "f1"}) {
    const auto one = metric_of({.type = type, .threshold = 0.5});
    EXPECT_EQ(refusal(*one, Outputs().add<float>({1}, {0.7F}), label(1)), "");
    EXPECT_THAT(refusal(*one, Outputs().add<float>({1}, {0.7F}), label(2)), HasSubstr("classes are 0 to 1"));
    EXPECT_EQ(one->of_sample(Outputs().add<float>({1}, {0.7F}).views(), label(1)).value, 1.0);
    EXPECT_EQ(one->of_sample(Outputs().add<float>({1}, {0.5F}).views(), label(1)).value, 0.0) << "not above";
    EXPECT_EQ(one->of_sample(Outputs().add<float>({1}, {0.5F}).views(), label(0)).value, 1.0);
    EXPECT_EQ(one->of_sample(Outputs().add<float>({1}, {kNotANumber}).views(), label(0)).value, 0.0);
    EXPECT_THAT(refusal(*one, Outputs().add<float>({2}, {1, 2}), label(1)), HasSubstr("output 0 has 2"));
  }
  EXPECT_THAT(refusal(*metric_named("accuracy"), Outputs().add<float>({1}, {1}), label(0)),
              HasSubstr("output 0 is a single score: give the metric a threshold"));
}

TEST(Threshold, TakesScoresOfAnyFloats) {
  const auto one = metric_named("accuracy");
  Tensor halves = Tensor::zeros(ElementType::Float16, {2});
  halves.bytes[3] = std::byte{0x3C};  // 0, 1
  const OutputView view{halves.type, halves.shape, halves.bytes};
  EXPECT_TRUE(one->accepts({&view, 1}, label(1)).has_value());
  EXPECT_EQ(one->of_sample({&view, 1}, label(1)).value, 1.0);
}

TEST(MetricTypes, AreThoseOfTheConfiguration) {
  for (const auto& type : metric_type_names()) {
    const auto metric = make_metric({.type = type});
    const std::string refusal = metric ? "" : metric.error().message;
    EXPECT_EQ(refusal.find("unknown metric"), std::string::npos) << type;
  }
}

}  // namespace
}  // namespace quantrail
