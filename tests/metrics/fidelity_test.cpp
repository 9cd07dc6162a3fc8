#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "metrics/views.h"

namespace quantrail {
namespace {

using ::testing::HasSubstr;
using testing::kNotANumber;
using testing::metric_named;
using testing::metric_of;
using testing::Outputs;
using testing::reference;
using testing::refusal;

double value_of(const MetricSpec& spec, Shape shape, const std::vector<float>& found, std::vector<float> wanted) {
  return metric_of(spec)
      ->of_sample(Outputs().add<float>(std::move(shape), found).views(), reference(std::move(wanted)))
      .value;
}
double value_of(const std::string& type, const std::vector<float>& found, std::vector<float> wanted) {
  return value_of(MetricSpec{.type = type}, {static_cast<std::int64_t>(found.size())}, found, std::move(wanted));
}

TEST(Fidelity, AgreesWhereTheHighestClassIsTheSame) {
  EXPECT_EQ(value_of("agreement", {1, 3, 2}, {0, 9, 8}), 1.0);
  EXPECT_EQ(value_of("agreement", {1, 3, 2}, {9, 0, 8}), 0.0);
  // Two classes at three places, axis 0 then axis 1.
  EXPECT_NEAR(value_of({.type = "agreement"}, {2, 3}, {1, 0, 0, 0, 1, 1}, {1, 0, 1, 0, 1, 0}), 2.0 / 3, 1e-12);
  EXPECT_NEAR(value_of({.type = "agreement", .class_axis = -1}, {3, 2}, {1, 0, 0, 1, 0, 1}, {1, 0, 0, 1, 1, 0}),
              2.0 / 3, 1e-12);
}

TEST(Fidelity, IsPerfectAgainstItself) {
  const std::vector<float> values{0.1F, -3.3F, 1e-20F};
  EXPECT_EQ(value_of("agreement", values, values), 1.0);
  EXPECT_EQ(value_of("cosine", values, values), 1.0);
  EXPECT_EQ(value_of("nmse", values, values), 0.0);
  EXPECT_EQ(value_of("cosine", {0, 0}, {0, 0}), 1.0);
  EXPECT_EQ(value_of("nmse", {0, 0}, {0, 0}), 0.0);
}

TEST(Fidelity, MeasuresAnglesAndErrors) {
  EXPECT_DOUBLE_EQ(value_of("cosine", {3, 4}, {4, 3}), 24.0 / 25.0);
  EXPECT_DOUBLE_EQ(value_of("cosine", {1, 0}, {-2, 0}), -1.0);
  EXPECT_DOUBLE_EQ(value_of("cosine", {0, 0}, {1, 0}), 0.0);
  EXPECT_DOUBLE_EQ(value_of("nmse", {3, 3}, {3, 4}), 1.0 / 25.0);
  EXPECT_DOUBLE_EQ(value_of("nmse", {3, 3}, {0, 0}), 1.0);
  EXPECT_FALSE(metric_named("nmse")->higher_is_better());
}

TEST(Fidelity, TakesWhatIsNoNumberForTheWorst) {
  EXPECT_EQ(value_of("agreement", {kNotANumber, 1}, {0, 1}), 0.0);
  EXPECT_EQ(value_of("agreement", {kNotANumber, 1}, {kNotANumber, 1}), 0.0);
  EXPECT_EQ(value_of("cosine", {kNotANumber, 1}, {0, 1}), -1.0);
  EXPECT_EQ(value_of("nmse", {kNotANumber, 1}, {0, 1}), 1e15);
  EXPECT_EQ(value_of("nmse", {std::numeric_limits<float>::infinity(), 1}, {0, 1}), 1e15);
}

TEST(Fidelity, ComparesIntegersAsClassesThemselves) {
  const auto metric = metric_named("agreement");
  const auto labels = [](const std::vector<std::int64_t>& found) { return Outputs().add<std::int64_t>({2, 2}, found); };
  EXPECT_EQ(metric->of_sample(labels({3, 1, 2, 7}).views(), reference({3, 0, 2, 7})).value, 0.75);
  EXPECT_EQ(metric->of_sample(labels({3, 1, 2, 7}).views(), reference({3, 1})).value, 0.0);
  EXPECT_EQ(refusal(*metric, Outputs().add<std::int64_t>({1}, {4}), {}), "");
}

TEST(Fidelity, NeedsNoTruthButClassesToAgreeOn) {
  EXPECT_EQ(refusal(*metric_named("cosine"), Outputs().add<float>({1}, {1}), {}), "");
  EXPECT_THAT(refusal(*metric_named("agreement"), Outputs().add<float>({1, 4}, {1, 2, 3, 4}), {}),
              HasSubstr("whose axis 0 has one class"));
  EXPECT_EQ(metric_named("agreement")->judge(), Judge::FloatModel);
}

}  // namespace
}  // namespace quantrail
