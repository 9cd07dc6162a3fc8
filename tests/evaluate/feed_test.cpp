#include "evaluate/feed.h"

#include <gmock/gmock.h>

namespace quantrail {
namespace {

using testing::HasSubstr;

class FakePlan : public Plan {
 public:
  explicit FakePlan(std::vector<ValueInfo> inputs) : inputs_(std::move(inputs)) {}
  [[nodiscard]] std::int64_t batch() const override { return 8; }
  [[nodiscard]] std::span<const ValueInfo> inputs() const override { return inputs_; }
  [[nodiscard]] std::span<const ValueInfo> outputs() const override { return {}; }
  [[nodiscard]] std::size_t activation_bytes() const override { return 0; }

 private:
  std::vector<ValueInfo> inputs_;
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

TEST(Feed, RefusesAnInputWithoutBatchAxis) {
  const FakePlan plan({{"threshold", ElementType::Float32, {}, {}}});
  EXPECT_THAT(complaint({{"threshold", ElementType::Float32, {}}}, plan), HasSubstr("no batch axis"));
}

}  // namespace
}  // namespace quantrail
