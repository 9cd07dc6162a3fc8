#include "quantize/collect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "evaluate/token_network.h"
#include "export/small_network.h"
#include "peer/random_data.h"

namespace quantrail {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::RandomData;
using testing::SmallNetwork;

SmallNetwork network() {
  SmallNetwork net({1, 3, 8, 8});
  net.output(net.conv("c2", net.relu("r1", net.conv("c1", "x"))));
  return net;
}

const StatisticsRequest kRequest{.extremes = {"x", "c1:0", "r1:0"},
                                 .outlier_probs = {0.01, 0.1},
                                 .histograms = {"x", "c1:0"},
                                 .channel_means = {"x", "r1:0"},
                                 .channel_magnitudes = {"c1:0"},
                                 .channel_quantiles = {"c1:0"}};
const StatisticsRequest kMeans{.extremes = {"x"}, .channel_means = {"x"}};

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> samples(count);
  std::iota(samples.begin(), samples.end(), 0U);
  return samples;
}

TEST(Collected, LearnsTheNetworksInput) {
  const RandomData data({3, 8, 8}, 5);
  const auto learned = collected(network().graph(), kMeans, data, first(5), {});
  ASSERT_TRUE(learned.has_value()) << learned.error().message;
  ValueStatistics expected;
  for (std::size_t i = 0; i < 5; ++i) expected.add(observed(data.sample(i), {3, false}, {.channel_means = true}));
  EXPECT_EQ(learned->values.at("x"), expected);
  EXPECT_EQ(learned->samples, 5);
}

TEST(Collected, LearnsValuesBeforeAndBehindAnActivation) {
  const auto learned = collected(network().graph(), kRequest, RandomData({3, 8, 8}, 5), first(5), {});
  ASSERT_TRUE(learned.has_value());
  EXPECT_LT(learned->values.at("c1:0").min, 0.0F);
  EXPECT_EQ(learned->values.at("r1:0").min, 0.0F);
  EXPECT_EQ(learned->values.at("r1:0").maxima, learned->values.at("c1:0").maxima);
  EXPECT_TRUE(learned->values.at("c1:0").channel_means.empty()) << "nobody asked for them";
  EXPECT_EQ(learned->values.at("r1:0").channel_means.size(), 4U);
}

TEST(Collected, AveragesChannelsOverAllRowsOfASample) {
  // Tokens folded into the first axis, as a Gemm on sequences has them: [N, 3, 2] becomes [3 N, 2].
  SmallNetwork net({1, 3, 2});
  const std::vector<std::int64_t> shape{-1, 2};
  net.keep("shape", Tensor::of<std::int64_t>({2}, std::span<const std::int64_t>(shape)));
  net.output(net.gemm("fc", net.add({"fold", "Reshape", {"x", "shape"}, {}, {}, {}}, {3, 2}), 4));
  const RandomData data({3, 2}, 5);
  const auto learned = collected(net.graph(), {.channel_means = {"fold:0"}}, data, first(5), {});
  ASSERT_TRUE(learned.has_value()) << learned.error().message;
  ValueStatistics expected;
  for (std::size_t i = 0; i < 5; ++i) expected.add(observed(data.sample(i), {2, true}, {.channel_means = true}));
  EXPECT_EQ(learned->values.at("fold:0"), expected);
}

TEST(Collected, DoesNotDependOnThreads) {
  const RandomData data({3, 8, 8}, 37);
  const auto one = collected(network().graph(), kRequest, data, first(37), {.threads = 1});
  for (const std::size_t threads : {2U, 3U, 8U}) {
    const auto many = collected(network().graph(), kRequest, data, first(37), {.threads = threads});
    ASSERT_TRUE(many.has_value());
    EXPECT_EQ(serialised(*many), serialised(*one)) << threads << " threads";
  }
}

TEST(Collected, LearnsOnlyTheSamplesAskedFor) {
  const RandomData data({3, 8, 8}, 20);
  const auto learned = collected(network().graph(), kMeans, data, std::vector<std::size_t>{19, 4}, {});
  ValueStatistics expected;
  for (const std::size_t i : {19U, 4U}) expected.add(observed(data.sample(i), {3, false}, {.channel_means = true}));
  EXPECT_EQ(learned->values.at("x"), expected);
}

TEST(Collected, TellsItsProgressInAscendingOrder) {
  std::vector<std::size_t> told;
  const PassOptions options{.threads = 3, .stop = {}, .progress = [&told](std::size_t done) { told.push_back(done); }};
  ASSERT_TRUE(collected(network().graph(), kRequest, RandomData({3, 8, 8}, 37), first(37), options).has_value());
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_EQ(told.back(), 37U);
}

TEST(Collected, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto learned = collected(network().graph(), kRequest, RandomData({3, 8, 8}, 5), first(5),
                                 {.threads = 2, .stop = stop.get_token(), .progress = {}});
  ASSERT_FALSE(learned.has_value());
  EXPECT_EQ(learned.error().cause, Cause::Cancelled);
}

TEST(Collected, RefusesDataThatDoesNotFit) {
  const auto learned = collected(network().graph(), kRequest, RandomData({1, 8, 8}, 5), first(5), {});
  ASSERT_FALSE(learned.has_value());
  EXPECT_EQ(learned.error().cause, Cause::InvalidInput);
}

TEST(Collected, RefusesNoSamples) {
  EXPECT_EQ(collected(network().graph(), kRequest, RandomData({3, 8, 8}, 5), {}, {}).error().cause,
            Cause::InvalidInput);
}

/// Samples of which the third cannot be read.
class Broken final : public Dataset {
 public:
  [[nodiscard]] std::size_t size() const override { return inner_.size(); }
  [[nodiscard]] const std::vector<SampleInput>& inputs() const override { return inner_.inputs(); }
  [[nodiscard]] Status read(std::size_t index, std::span<const std::span<std::byte>> buffers) const override {
    if (index >= 2) return fail(Cause::InvalidInput, "sample {} is gone", index);
    return inner_.read(index, buffers);
  }
  [[nodiscard]] Result<Truth> truth(std::size_t) const override { return Truth{}; }
  [[nodiscard]] std::string describe(std::size_t) const override { return {}; }
  [[nodiscard]] Digest fingerprint() const override { return {}; }

 private:
  RandomData inner_{{3, 8, 8}, 40};
};

TEST(Collected, TellsTheFirstFailureInSampleOrder) {
  for (const std::size_t threads : {1U, 4U}) {
    const auto learned = collected(network().graph(), kRequest, Broken(), first(40), {.threads = threads});
    ASSERT_FALSE(learned.has_value());
    EXPECT_THAT(learned.error().message, HasSubstr("sample 2 is gone"));
  }
}

TEST(Collected, NamesTheSampleWhoseValuesTheNetworkCannotTake) {
  std::vector<std::int64_t> tokens(40, 3);
  tokens[21] = 9;
  const testing_evaluate::Tokens data(tokens);
  const auto learned = collected(testing_evaluate::token_network(8), {.extremes = {"e"}}, data, first(40), {});
  ASSERT_FALSE(learned.has_value());
  EXPECT_THAT(learned.error().message, AllOf(HasSubstr("row 21: "), HasSubstr("index 9 on an axis of 8")));
}

TEST(Collected, RefusesAValueWithoutAFiniteElement) {
  SmallNetwork net({1, 3, 8, 8});
  net.scalar("zero", 0.0F);
  net.output(net.same("inf", "Div", {"x", "zero"}));
  const auto learned = collected(net.graph(), {{"inf:0"}, {}}, RandomData({3, 8, 8}, 2), first(2), {});
  ASSERT_FALSE(learned.has_value());
  EXPECT_THAT(learned.error().message, HasSubstr("'inf:0' has no finite element"));
}

}  // namespace
}  // namespace quantrail
