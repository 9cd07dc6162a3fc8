#include "evaluate/reference.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>

namespace quantrail {
namespace {

using testing::ElementsAre;
using Values = std::vector<float>;

std::shared_ptr<const Reference> of(Values values) {
  return std::make_shared<const Reference>(Reference{std::move(values)});
}

TEST(RelativeDistance, IsTheSquaredErrorOverTheSquaredNorm) {
  EXPECT_DOUBLE_EQ(relative_distance(Values{1, 2, 2}, Values{1, 2, 4}), 4.0 / 21.0);
  EXPECT_EQ(relative_distance(Values{1, 2}, Values{1, 2}), 0.0);
}

TEST(RelativeDistance, HasAnAnswerForAReferenceOfZeros) {
  EXPECT_EQ(relative_distance(Values{0, 0}, Values{0, 0}), 0.0);
  EXPECT_EQ(relative_distance(Values{0, 3}, Values{0, 0}), 1.0);
  EXPECT_EQ(relative_distance(Values{std::numeric_limits<float>::infinity()}, Values{0}), 1.0);
}

TEST(RelativeDistance, TakesWhatIsMissingForZero) {
  EXPECT_DOUBLE_EQ(relative_distance(Values{1}, Values{1, 2}), 4.0 / 5.0);
  EXPECT_DOUBLE_EQ(relative_distance(Values{1, 2}, Values{1}), 4.0);
  EXPECT_DOUBLE_EQ(relative_distance(Values{}, Values{1}), 1.0);
}

TEST(RelativeDistance, OfNanIsNan) {
  const float nan = std::nanf("");
  EXPECT_TRUE(std::isnan(relative_distance(Values{nan, 1}, Values{1, 1})));
  EXPECT_TRUE(std::isnan(relative_distance(Values{nan}, Values{0})));
}

TEST(AsFloats, ReadsAnyElementType) {
  const std::array<std::int64_t, 2> integers{-3, 7};
  EXPECT_THAT(as_floats({.type = ElementType::Int64, .shape = {2}, .bytes = std::as_bytes(std::span(integers))}),
              ElementsAre(-3, 7));
  const std::array<double, 2> doubles{0.5, -0.25};
  EXPECT_THAT(as_floats({.type = ElementType::Float64, .shape = {2}, .bytes = std::as_bytes(std::span(doubles))}),
              ElementsAre(0.5F, -0.25F));
}

TEST(ReferenceOutputs, HoldsWhatFitsTheBudgetAndNoMore) {
  ReferenceOutputs outputs(3 * sizeof(float));
  outputs.offer(5, of({1, 2}));
  outputs.offer(6, of({3, 4}));
  outputs.offer(7, of({5}));
  EXPECT_THAT(outputs.find(5)->at(0), ElementsAre(1, 2));
  EXPECT_EQ(outputs.find(6), nullptr);
  EXPECT_THAT(outputs.find(7)->at(0), ElementsAre(5));
}

TEST(ReferenceOutputs, CountsASampleOnce) {
  ReferenceOutputs outputs(4 * sizeof(float));
  outputs.offer(1, of({1, 2}));
  outputs.offer(1, of({1, 2}));
  outputs.offer(2, of({3, 4}));
  EXPECT_NE(outputs.find(2), nullptr);
}

}  // namespace
}  // namespace quantrail
