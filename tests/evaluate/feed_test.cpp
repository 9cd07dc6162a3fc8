#include "evaluate/feed.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using testing::HasSubstr;

class FakePlan : public Plan {
 public:
  explicit FakePlan(std::vector<ValueInfo> inputs, std::int64_t batch = 8)
      : inputs_(std::move(inputs)), batch_(batch) {}
  [[nodiscard]] std::int64_t batch() const override { return batch_; }
  [[nodiscard]] std::span<const ValueInfo> inputs() const override { return inputs_; }
  [[nodiscard]] std::span<const ValueInfo> outputs() const override { return {}; }
  [[nodiscard]] std::size_t activation_bytes() const override { return 0; }

 private:
  std::vector<ValueInfo> inputs_;
  std::int64_t batch_;
};

const FakePlan& image_plan() {
  static const FakePlan plan({{"image", ElementType::Float32, {8, 3, 4, 4}, {}}});
  return plan;
}
const FakePlan& text_plan() {
  static const FakePlan plan({{"ids", ElementType::Int64, {8, 16}, {}}, {"mask", ElementType::Int64, {8, 16}, {}}});
  return plan;
}

std::string complaint(const std::vector<SampleInput>& data, const Plan& plan) {
  const auto feed = Feed::matched(data, plan);
  return feed ? "" : feed.error().message;
}

TEST(Feed, TakesOneUnnamedArrayForTheOnlyInput) {
  EXPECT_EQ(complaint({{"", ElementType::Float32, {3, 4, 4}}}, image_plan()), "");
}

TEST(Feed, MatchesSeveralArraysByNameInAnyOrder) {
  EXPECT_EQ(complaint({{"mask", ElementType::Int64, {16}}, {"ids", ElementType::Int64, {16}}}, text_plan()), "");
}

TEST(Feed, NamesTheInputAndBothShapesWhereTheyDiffer) {
  EXPECT_THAT(complaint({{"", ElementType::Float32, {3, 5, 5}}}, image_plan()),
              HasSubstr("input \"image\" of the model takes samples of float32 [3,4,4], the data has float32 [3,5,5]"));
}

TEST(Feed, NamesBothTypesWhereTheyDiffer) {
  EXPECT_THAT(complaint({{"image", ElementType::Uint8, {3, 4, 4}}}, image_plan()),
              HasSubstr("the data has uint8 [3,4,4]"));
}

TEST(Feed, RefusesAnArrayThatNoInputTakes) {
  EXPECT_THAT(complaint({{"picture", ElementType::Float32, {3, 4, 4}}}, image_plan()),
              HasSubstr("has an array \"picture\", the model has no such input; its inputs are \"image\""));
}

TEST(Feed, RefusesAnInputThatNothingFeeds) {
  EXPECT_THAT(complaint({{"ids", ElementType::Int64, {16}}}, text_plan()), HasSubstr("nothing for input \"mask\""));
}

TEST(Feed, RefusesAnInputThatIsFedTwice) {
  EXPECT_THAT(complaint({{"ids", ElementType::Int64, {16}}, {"ids", ElementType::Int64, {16}}}, text_plan()),
              HasSubstr("two arrays"));
}

TEST(Feed, RefusesUnnamedDataForSeveralInputs) {
  EXPECT_THAT(complaint({{"", ElementType::Int64, {16}}}, text_plan()),
              HasSubstr("the model has 2 inputs (\"ids\", \"mask\")"));
}

TEST(Feed, TakesSamplesWithAnAxisOfOneInFront) {
  EXPECT_EQ(complaint({{"", ElementType::Float32, {1, 3, 4, 4}}}, image_plan()), "");
  EXPECT_THAT(complaint({{"", ElementType::Float32, {8, 3, 4, 4}}}, image_plan()), HasSubstr("takes samples of"));
}

TEST(Feed, TakesWholeSamplesWhereInputsHaveNoBatchInCommon) {
  const FakePlan plan({{"sound", ElementType::Float32, {1, 16}, {}},
                       {"states", ElementType::Float32, {2, 1, 24}, {}},
                       {"rate", ElementType::Int64, {}, {}}},
                      1);
  const SampleInput states{"states", ElementType::Float32, {2, 1, 24}};
  const SampleInput rate{"rate", ElementType::Int64, {}};
  EXPECT_EQ(complaint({{"sound", ElementType::Float32, {16}}, states, rate}, plan), "");
  EXPECT_EQ(complaint({{"sound", ElementType::Float32, {1, 16}}, states, rate}, plan), "");
  EXPECT_THAT(
      complaint({{"states", ElementType::Float32, {1, 24}}}, plan),
      HasSubstr("input \"states\" of the model takes samples of float32 [2,1,24], the data has float32 [1,24]"));
}

TEST(Sized, TakesAllOpenSizesOfWholeSamples) {
  Graph graph;
  graph.inputs = {{"sound", ElementType::Float32, {-1, 16}, {}}, {"states", ElementType::Float32, {2, -1, 24}, {}}};
  const auto known =
      sized(graph, {{"states", ElementType::Float32, {2, 1, 24}}, {"sound", ElementType::Float32, {1, 16}}});
  EXPECT_EQ(known.inputs[0].shape, (Shape{1, 16}));
  EXPECT_EQ(known.inputs[1].shape, (Shape{2, 1, 24}));
}

TEST(Sized, LeavesTheBatchOpen) {
  Graph graph;
  graph.inputs = {{"ids", ElementType::Int64, {-1, -1}, {}}};
  EXPECT_EQ(sized(graph, {{"", ElementType::Int64, {16}}}).inputs[0].shape, (Shape{-1, 16}));
  EXPECT_EQ(sized(graph, {{"", ElementType::Int64, {1, 16}}}).inputs[0].shape, (Shape{-1, 16}));
}

}  // namespace
}  // namespace quantrail
