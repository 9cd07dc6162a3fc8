#include "runtime/kernels_pool.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

struct Visited {
  std::vector<std::size_t> sources{};  ///< elements of the source in the window
  std::int64_t padded = 0;             ///< positions of the window within the padded source
};

/// Walks every position of one window, inside or not.
Visited walk(const PoolShape& shape, std::int64_t n, const Sizes& out, std::int64_t channel) {
  Visited visited;
  const auto& axes = shape.axes;
  for_each_index({axes[0].kernel, axes[1].kernel, axes[2].kernel}, [&](const Sizes& k) {
    Sizes at{n, 0, 0, 0, channel};
    bool inside = true;
    bool padded = true;
    for (std::size_t a = 0; a < 3; ++a) {
      at[a + 1] = out[a] * axes[a].stride - axes[a].pad_begin + k[a] * axes[a].dilation;
      inside = inside && at[a + 1] >= 0 && at[a + 1] < axes[a].in;
      padded = padded && at[a + 1] < axes[a].in + axes[a].pad_end;
    }
    if (inside)
      visited.sources.push_back(offset({shape.batch, axes[0].in, axes[1].in, axes[2].in, shape.channels}, at));
    if (padded) ++visited.padded;
  });
  return visited;
}

Sizes result_of(const PoolShape& shape) {
  return {shape.batch, shape.axes[0].out, shape.axes[1].out, shape.axes[2].out, shape.channels};
}

std::size_t source_of(const PoolShape& shape) {
  return product({shape.batch, shape.axes[0].in, shape.axes[1].in, shape.axes[2].in, shape.channels});
}

/// `dilated`: only max pooling. With ceil_mode the last window may reach beyond the padding, never start there.
PoolAxis random_axis(Random& random, bool dilated) {
  PoolAxis axis;
  axis.kernel = random.integer(1, 4);
  axis.dilation = dilated ? random.integer(1, 2) : 1;
  const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
  axis.in = random.integer(reach, reach + 9);
  axis.stride = random.integer(1, 3);
  // A window with at least one position inside: pads below the kernel, and not more than its gaps leave.
  axis.pad_begin = axis.dilation == 1 ? random.integer(0, axis.kernel - 1) : 0;
  axis.pad_end = axis.dilation == 1 ? random.integer(0, axis.kernel - 1) : 0;
  const std::int64_t room = axis.in + axis.pad_begin + axis.pad_end - reach;
  axis.out = room / axis.stride + 1;
  const bool ceil_mode = random.integer(0, 1) == 1;
  const bool starts_inside = axis.out * axis.stride - axis.pad_begin < axis.in;
  if (ceil_mode && room % axis.stride != 0 && starts_inside) ++axis.out;
  return axis;
}

PoolShape random_shape(Random& random, std::size_t rank, bool dilated) {
  PoolShape shape;
  shape.batch = random.integer(1, 2);
  shape.channels = random.integer(0, 1) == 0 ? random.integer(1, 9) : random.integer(60, 140);
  for (std::size_t a = 3 - rank; a < 3; ++a) shape.axes[a] = random_axis(random, dilated);
  return shape;
}

template <class Check>
void for_each_result(const PoolShape& shape, Check check) {
  std::size_t i = 0;
  for_each_index(result_of(shape), [&](const Sizes& at) {
    check(i++, walk(shape, at[0], {at[1], at[2], at[3]}, at[4]));
  });
}

TEST(MaxPool, AgreesWithAWalkOverEveryPosition) {
  Random random(15);
  for (int round = 0; round < 24; ++round) {
    const PoolShape shape = random_shape(random, static_cast<std::size_t>(1 + round % 3), round % 2 == 0);
    const auto reals = random.reals(source_of(shape));
    const auto codes = random.codes(source_of(shape));
    std::vector<float> real_result(product(result_of(shape)));
    std::vector<std::uint8_t> code_result(real_result.size());
    max_pool(reals, shape, real_result);
    max_pool(codes, shape, code_result);
    for_each_result(shape, [&](std::size_t i, const Visited& visited) {
      ASSERT_FALSE(visited.sources.empty());
      float top = -std::numeric_limits<float>::infinity();
      std::uint8_t top_code = 0;
      for (const std::size_t source : visited.sources) {
        top = std::max(top, reals[source]);
        top_code = std::max(top_code, codes[source]);
      }
      ASSERT_EQ(real_result[i], top);
      ASSERT_EQ(code_result[i], top_code);
    });
  }
}

TEST(MaxPool, NanWinsAndPaddingDoesNot) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  PoolShape shape;
  shape.axes[2] = {.in = 3, .out = 3, .kernel = 3, .stride = 1, .dilation = 1, .pad_begin = 1, .pad_end = 1};
  std::vector<float> dst(3);
  max_pool(std::vector<float>{-5.0F, -6.0F, nan}, shape, dst);
  EXPECT_THAT(dst, testing::ElementsAre(-5.0F, testing::IsNan(), testing::IsNan()));
}

TEST(AveragePool, FloatAgreesWithAWalkInDouble) {
  Random random(16);
  for (int round = 0; round < 24; ++round) {
    const PoolShape shape = random_shape(random, static_cast<std::size_t>(1 + round % 3), false);
    const bool include = round % 2 == 0;
    const auto src = random.reals(source_of(shape));
    std::vector<float> dst(product(result_of(shape)));
    average_pool(src, shape, include, dst);
    for_each_result(shape, [&](std::size_t i, const Visited& visited) {
      double sum = 0.0;
      double size = 0.0;
      for (const std::size_t source : visited.sources) {
        sum += static_cast<double>(src[source]);
        size += std::fabs(static_cast<double>(src[source]));
      }
      const auto count = include ? static_cast<double>(visited.padded) : static_cast<double>(visited.sources.size());
      ASSERT_NEAR(dst[i], sum / count, 2e-6 * size / count);
    });
  }
}

TEST(AveragePool, CodesAreTheExactSumScaledDividedAndRounded) {
  Random random(17);
  for (int round = 0; round < 24; ++round) {
    const PoolShape shape = random_shape(random, static_cast<std::size_t>(1 + round % 3), false);
    const bool include = round % 2 == 0;
    const CodeMeans params{random.params(), random.params()};
    const auto src = random.codes(source_of(shape));
    std::vector<std::uint8_t> dst(product(result_of(shape)));
    average_pool(src, shape, include, params, dst);
    for_each_result(shape, [&](std::size_t i, const Visited& visited) {
      int sum = 0;
      for (const std::size_t source : visited.sources)
        sum += static_cast<int>(src[source]) - static_cast<int>(params.from.zero_point);
      const auto count = include ? static_cast<float>(visited.padded) : static_cast<float>(visited.sources.size());
      ASSERT_EQ(dst[i], plain_code(params.from.scale * static_cast<float>(sum) / count, params.to));
    });
  }
}

TEST(AveragePool, PositionsBeyondThePaddingNeverCount) {
  // Size 4, kernel 3, stride 2, no padding, ceil_mode: the second window has two positions, also when padding counts.
  PoolShape shape;
  shape.axes[2] = {.in = 4, .out = 2, .kernel = 3, .stride = 2, .dilation = 1, .pad_begin = 0, .pad_end = 0};
  std::vector<float> dst(2);
  average_pool(std::vector<float>{1.0F, 2.0F, 3.0F, 5.0F}, shape, true, dst);
  EXPECT_THAT(dst, testing::ElementsAre(2.0F, 4.0F));
}

TEST(GlobalPool, IsAPoolOverEverything) {
  Random random(18);
  for (const Channels shape : {Channels{2, 5, 49}, Channels{1, 64, 1}, Channels{3, 130, 7}, Channels{0, 4, 3}}) {
    const auto reals = random.reals(static_cast<std::size_t>(shape.size()));
    const auto codes = random.codes(static_cast<std::size_t>(shape.size()));
    const CodeMeans params{random.params(), random.params()};
    const auto results = static_cast<std::size_t>(shape.batch * shape.channels);
    std::vector<float> mean(results);
    std::vector<float> top(results);
    std::vector<std::uint8_t> mean_code(results);
    std::vector<std::uint8_t> top_code(results);
    global_average_pool(reals, shape, mean);
    global_max_pool(reals, shape, top);
    global_average_pool(codes, shape, params, mean_code);
    global_max_pool(codes, shape, top_code);
    for_each_index({shape.batch, shape.channels}, [&](const Sizes& at) {
      float sum = 0.0F;
      float largest = -std::numeric_limits<float>::infinity();
      int code_sum = 0;
      std::uint8_t largest_code = 0;
      for (std::int64_t s = 0; s < shape.spatial; ++s) {
        const std::size_t source = offset({shape.batch, shape.spatial, shape.channels}, {at[0], s, at[1]});
        sum += reals[source];
        largest = std::max(largest, reals[source]);
        code_sum += static_cast<int>(codes[source]) - static_cast<int>(params.from.zero_point);
        largest_code = std::max(largest_code, codes[source]);
      }
      const std::size_t i = offset({shape.batch, shape.channels}, at);
      const auto count = static_cast<float>(shape.spatial);
      EXPECT_EQ(mean[i], sum / count) << "sums run in position order";
      EXPECT_EQ(top[i], largest);
      EXPECT_EQ(mean_code[i], plain_code(params.from.scale * static_cast<float>(code_sum) / count, params.to));
      EXPECT_EQ(top_code[i], largest_code);
    });
  }
}

TEST(GlobalPool, CodeSumsOfLargeMapsStayExact) {
  const std::vector<std::uint8_t> src(1000 * 1000, 255);
  std::vector<std::uint8_t> dst(1);
  global_average_pool(src, {1, 1, 1000 * 1000}, {{0.5F, 0}, {0.5F, 0}}, dst);
  EXPECT_EQ(dst[0], 255);
}

}  // namespace
}  // namespace quantrail::kernels
