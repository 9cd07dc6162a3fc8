#include "runtime/kernels_reduce.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_random.h"
#include "runtime/kernels_softmax.h"

namespace quantrail::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

const std::vector<AxisShape> kShapes{{1, 1, 1},  {3, 7, 1},  {2, 16, 1},   {5, 33, 1}, {1, 1000, 1}, {2, 21, 5},
                                     {1, 3, 64}, {2, 4, 65}, {1, 10, 200}, {4, 1, 3},  {0, 5, 2},    {2, 128, 0}};

std::vector<double> line(const std::vector<float>& src, AxisShape shape, std::int64_t outer, std::int64_t inner) {
  std::vector<double> values;
  for (std::int64_t a = 0; a < shape.axis; ++a) {
    values.push_back(src[static_cast<std::size_t>((outer * shape.axis + a) * shape.inner + inner)]);
  }
  return values;
}

std::size_t size_of(AxisShape shape) { return static_cast<std::size_t>(shape.outer * shape.axis * shape.inner); }

TEST(Softmax, IsTheDefinitionToAFewUlpInAnyShape) {
  Random random(12);
  for (const AxisShape shape : kShapes) {
    const auto src = random.reals(size_of(shape), 5.0F);
    std::vector<float> dst(src.size());
    softmax(src, shape, dst);
    for (std::int64_t o = 0; o < shape.outer; ++o) {
      for (std::int64_t i = 0; i < shape.inner; ++i) {
        const auto values = line(src, shape, o, i);
        const auto got = line(dst, shape, o, i);
        double sum = 0.0;
        for (const double value : values) sum += std::exp(value - *std::max_element(values.begin(), values.end()));
        for (std::size_t a = 0; a < values.size(); ++a) {
          const double exact = std::exp(values[a] - *std::max_element(values.begin(), values.end())) / sum;
          ASSERT_NEAR(got[a], exact, 3e-6 * exact);
        }
      }
    }
    auto in_place = src;
    softmax(in_place, shape, in_place);
    EXPECT_EQ(in_place, dst);
  }
}

TEST(Softmax, SurvivesLargeValuesAndMaskedOnes) {
  const std::vector<float> src{3e38F, 3e38F, -kInfinity, -3e38F};
  std::vector<float> dst(4);
  softmax(src, {1, 4, 1}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(0.5F, 0.5F, 0.0F, 0.0F));
}

TEST(Softmax, RowsWithoutAnAnswerAreNanAndLeaveOthersAlone) {
  const std::vector<float> src{kNan, 1.0F, kInfinity, 1.0F, -kInfinity, -kInfinity, 2.0F, 2.0F};
  std::vector<float> dst(8);
  softmax(src, {4, 2, 1}, dst);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_TRUE(std::isnan(dst[i])) << i;
  EXPECT_EQ(dst[6], 0.5F);
  const std::vector<float> columns{kNan, 2.0F, 1.0F, 2.0F};
  dst.resize(4);
  softmax(columns, {1, 2, 2}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(testing::IsNan(), 0.5F, testing::IsNan(), 0.5F));
}

TEST(Reduce, AgreesWithSumsInDoubleInAnyShape) {
  Random random(13);
  for (const AxisShape shape : kShapes) {
    const auto src = random.reals(size_of(shape));
    const auto results = static_cast<std::size_t>(shape.outer * shape.inner);
    std::vector<float> sum(results);
    std::vector<float> mean(results);
    std::vector<float> max(results);
    std::vector<float> min(results);
    reduce(Reduction::Sum, src, shape, sum);
    reduce(Reduction::Mean, src, shape, mean);
    reduce(Reduction::Max, src, shape, max);
    reduce(Reduction::Min, src, shape, min);
    for (std::size_t at = 0; at < results; ++at) {
      const auto values =
          line(src, shape, static_cast<std::int64_t>(at) / shape.inner, static_cast<std::int64_t>(at) % shape.inner);
      const double exact = std::accumulate(values.begin(), values.end(), 0.0);
      double size = 0.0;
      for (const double value : values) size += std::fabs(value);
      const auto count = static_cast<double>(values.size());
      EXPECT_NEAR(sum[at], exact, 1e-6 * size);
      EXPECT_NEAR(mean[at], exact / count, 1e-6 * size / count);
      EXPECT_EQ(max[at], *std::max_element(values.begin(), values.end()));
      EXPECT_EQ(min[at], *std::min_element(values.begin(), values.end()));
    }
  }
}

TEST(Reduce, SumsInLanesOfSixteenWhateverTheInstructionSet) {
  Random random(14);
  for (const std::int64_t count : {1, 15, 16, 17, 100, 1000}) {
    const auto src = random.reals(static_cast<std::size_t>(count), 10.0F);
    std::array<float, 16> lanes{};
    for (std::size_t i = 0; i < src.size(); ++i) lanes[i % 16] += src[i];
    for (std::size_t half = 8; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half; ++l) lanes[l] += lanes[l + half];
    }
    std::vector<float> dst(1);
    reduce(Reduction::Sum, src, {1, count, 1}, dst);
    EXPECT_EQ(dst[0], lanes[0]);
  }
}

TEST(Reduce, EmptyAxesAndNan) {
  std::vector<float> dst(1);
  reduce(Reduction::Sum, {}, {1, 0, 1}, dst);
  EXPECT_EQ(dst[0], 0.0F);
  reduce(Reduction::Mean, {}, {1, 0, 1}, dst);
  EXPECT_TRUE(std::isnan(dst[0]));
  reduce(Reduction::Max, {}, {1, 0, 1}, dst);
  EXPECT_EQ(dst[0], -kInfinity);
  reduce(Reduction::Min, {}, {1, 0, 1}, dst);
  EXPECT_EQ(dst[0], kInfinity);
  for (const std::size_t where : {0UL, 5UL, 19UL}) {
    std::vector<float> src(20, 1.0F);
    src[where] = kNan;
    for (const Reduction op : {Reduction::Sum, Reduction::Mean, Reduction::Max, Reduction::Min}) {
      reduce(op, src, {1, 20, 1}, dst);
      EXPECT_TRUE(std::isnan(dst[0])) << where;
      std::vector<float> columns(2);
      reduce(op, src, {1, 10, 2}, columns);
      EXPECT_TRUE(std::isnan(columns[where % 2]));
      EXPECT_FALSE(std::isnan(columns[1 - where % 2]));
    }
  }
}

}  // namespace
}  // namespace quantrail::kernels
