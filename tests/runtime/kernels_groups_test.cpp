#include "runtime/kernels_groups.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_cumulate.h"
#include "runtime/kernels_gather.h"
#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

std::vector<double> normalised(std::span<const float> row, double epsilon, double beside_root) {
  double mean = 0.0;
  for (const float x : row) mean += static_cast<double>(x) / static_cast<double>(row.size());
  double variance = 0.0;
  for (const float x : row)
    variance += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean) / static_cast<double>(row.size());
  std::vector<double> values;
  for (const float x : row)
    values.push_back((static_cast<double>(x) - mean) / (std::sqrt(variance + epsilon) + beside_root));
  return values;
}

TEST(Groups, AreNormalisedAndScaledRunByRunAtAnyLength) {
  Random random(3);
  for (const std::int64_t run : {1, 5, 16, 67, 20000}) {
    for (const std::int64_t runs : {1, 3}) {
      GroupShape shape{run * runs, run, 1e-3, 0.0, 2};
      const auto width = static_cast<std::size_t>(shape.width);
      auto src = random.reals(width * 4, 3.0F);
      for (float& x : src) x += 50.0F;
      const auto factor = random.reals(static_cast<std::size_t>(2 * runs));
      const auto offset = random.reals(factor.size());
      std::vector<float> dst(src.size());
      normalise_groups(src, shape, factor, offset, dst);
      for (std::size_t row = 0; row < 4; ++row) {
        const auto expected = normalised(std::span(src).subspan(row * width, width), shape.epsilon, 0.0);
        for (std::size_t at = 0; at < width; ++at) {
          const auto parameter =
              ((2 + row) * static_cast<std::size_t>(runs) + at / static_cast<std::size_t>(run)) % factor.size();
          const double exact =
              expected[at] * static_cast<double>(factor[parameter]) + static_cast<double>(offset[parameter]);
          ASSERT_NEAR(dst[row * width + at], exact, 1e-5 * (1 + std::fabs(exact))) << run << " " << runs << " " << at;
        }
      }
      normalise_groups(src, shape, factor, offset, src);
      EXPECT_EQ(bits(src), bits(dst)) << "in place";
    }
  }
}

TEST(Groups, OfEqualValuesAreZeroEvenWithoutEpsilon) {
  for (const float value : {0.1F, -3.7e10F, 1e-40F}) {
    std::vector<float> row(4099, value);
    normalise_groups(row, {4099, 4099, 0.0, 1e-9, 0}, {}, {}, row);
    EXPECT_THAT(row, testing::Each(0.0F)) << value;
  }
}

TEST(Groups, ANanSpoilsItsOwnRowAlone) {
  std::vector<float> rows{1.0F, 2.0F, std::numeric_limits<float>::quiet_NaN(), 1.0F, 2.0F, 3.0F};
  normalise_groups(rows, {3, 3, 1e-5, 0.0, 0}, {}, {}, rows);
  EXPECT_TRUE(std::isnan(rows[0]) && std::isnan(rows[1]) && std::isnan(rows[2]));
  EXPECT_FLOAT_EQ(rows[4], 0.0F);
}

TEST(Cumulate, IsTheRunningSumOfDoublesAlongAnyAxis) {
  Random random(4);
  for (const AxisShape shape : {AxisShape{1, 300, 1}, AxisShape{3, 7, 1}, AxisShape{2, 9, 5}, AxisShape{2, 4, 700}}) {
    for (const Cumulation how : {Cumulation{}, {true, false}, {false, true}, {true, true}}) {
      auto src = random.reals(static_cast<std::size_t>(shape.outer * shape.axis * shape.inner), 100.0F);
      std::vector<float> expected(src.size());
      for (std::int64_t line = 0; line < shape.outer * shape.inner; ++line) {
        double sum = 0.0;
        for (std::int64_t step = 0; step < shape.axis; ++step) {
          const auto along = how.reverse ? shape.axis - 1 - step : step;
          const auto at =
              static_cast<std::size_t>((line / shape.inner * shape.axis + along) * shape.inner + line % shape.inner);
          const double before = sum;
          sum += static_cast<double>(src[at]);
          expected[at] = static_cast<float>(how.exclusive ? before : sum);
        }
      }
      cumulate(src, shape, how, src);
      EXPECT_EQ(bits(src), bits(expected));
    }
  }
}

TEST(GatherRow, NamesTheFirstIndexOutside) {
  const std::vector<float> src{10, 11, 12, 13};
  std::vector<float> dst(4);
  EXPECT_EQ(gather_row(src.data(), {4, 0, 4, 1}, std::vector<std::int64_t>{3, -4, 0, -1}.data(), dst.data()),
            std::nullopt);
  EXPECT_THAT(dst, testing::ElementsAre(13, 10, 10, 13));
  EXPECT_EQ(gather_row(src.data(), {4, 0, 4, 1}, std::vector<std::int64_t>{3, -5, 9, 0}.data(), dst.data()), -5);
}

}  // namespace
}  // namespace quantrail::kernels
