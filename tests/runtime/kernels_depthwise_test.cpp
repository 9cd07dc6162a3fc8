#include "runtime/kernels_depthwise.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<DepthwisePath> paths_here() {
  if (best_depthwise_path() == DepthwisePath::Plain) return {DepthwisePath::Plain};
  return {DepthwisePath::Plain, DepthwisePath::Vnni};
}

struct Case {
  DepthwiseShape shape{};
  std::vector<std::int8_t> weights{};
  std::vector<float> scale{};
  std::vector<float> bias{};
  std::vector<std::uint8_t> src{};
  DepthwiseRule rule{};
};

Case random_case(Random& random, DepthwiseShape shape) {
  Case made;
  made.shape = shape;
  const auto taps = static_cast<std::size_t>(shape.kernel_h * shape.kernel_w);
  for (std::size_t i = 0; i < static_cast<std::size_t>(shape.channels) * taps; ++i) {
    made.weights.push_back(static_cast<std::int8_t>(random.integer(-128, 127)));
  }
  for (std::int64_t c = 0; c < shape.channels; ++c) {
    made.scale.push_back(std::exp(random.real()) / (400.0F * static_cast<float>(taps)));
    made.bias.push_back(random.real(20000.0F));
  }
  made.src = random.codes(product({shape.batch, shape.in_h, shape.in_w, shape.channels}));
  made.rule = {static_cast<std::uint8_t>(random.integer(0, 255)), made.scale, made.bias,
               static_cast<std::uint8_t>(random.integer(0, 255))};
  return made;
}

/// scale * (sum + bias) by the definition, position by position.
std::vector<float> expected(const Case& c) {
  const DepthwiseShape& s = c.shape;
  std::vector<float> result;
  for_each_index({s.batch, s.out_h, s.out_w, s.channels}, [&](const Sizes& at) {
    std::int32_t sum = 0;
    for_each_index({s.kernel_h, s.kernel_w}, [&](const Sizes& k) {
      const std::int64_t y = at[1] * s.stride_h - s.pad_top + k[0] * s.dilation_h;
      const std::int64_t x = at[2] * s.stride_w - s.pad_left + k[1] * s.dilation_w;
      if (y < 0 || y >= s.in_h || x < 0 || x >= s.in_w) return;
      const int code = c.src[offset({s.batch, s.in_h, s.in_w, s.channels}, {at[0], y, x, at[3]})];
      const int weight = c.weights[offset({s.channels, s.kernel_h, s.kernel_w}, {at[3], k[0], k[1]})];
      sum += (code - c.rule.zero_point) * weight;
    });
    const auto channel = static_cast<std::size_t>(at[3]);
    const float bias = c.rule.bias.empty() ? 0.0F : c.bias[channel];
    result.push_back(c.scale[channel] * (static_cast<float>(sum) + bias));
  });
  return result;
}

float bounded(float real, float lo, float hi) { return std::min(std::max(real, lo), hi); }

void expect_right(const Case& c) {
  const auto reals = expected(c);
  for (const DepthwisePath path : paths_here()) {
    const DepthwiseCodes convolution(c.shape, c.weights, c.rule, path);
    std::vector<std::uint8_t> codes(reals.size());
    std::vector<float> floats(reals.size());
    convolution.run(c.src, std::span<std::uint8_t>(codes));
    convolution.run(c.src, std::span<float>(floats));
    for (std::size_t i = 0; i < reals.size(); ++i) {
      const float code = std::nearbyint(reals[i]) + static_cast<float>(c.rule.result_zero_point);
      ASSERT_EQ(floats[i], bounded(reals[i], c.rule.lo, c.rule.hi)) << "path " << static_cast<int>(path);
      ASSERT_EQ(codes[i], bounded(bounded(code, c.rule.lo, c.rule.hi), 0.0F, 255.0F))
          << "path " << static_cast<int>(path) << ", element " << i;
    }
  }
}

/// A result of the size that covers the source with the given padding on all sides.
DepthwiseShape shape_of(std::int64_t channels, std::int64_t side, std::int64_t kernel, std::int64_t stride,
                        std::int64_t dilation, std::int64_t pad) {
  const std::int64_t out = (side + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1;
  return {2, channels, side, side + 1, out, out, kernel, kernel, stride, stride, dilation, dilation, pad, pad};
}

TEST(DepthwiseCodes, EveryChannelCountAroundTheBlocks) {
  Random random(22);
  for (const std::int64_t channels : {1, 3, 15, 16, 17, 32, 63, 64, 65, 96, 130}) {
    expect_right(random_case(random, shape_of(channels, 5, 3, 1, 1, 1)));
    expect_right(random_case(random, shape_of(channels, 6, 3, 2, 1, 1)));
  }
}

TEST(DepthwiseCodes, EveryKernelStrideDilationAndPadding) {
  Random random(23);
  for (const std::int64_t kernel : {1, 2, 3, 4, 5, 7, 8}) {
    for (const std::int64_t stride : {1, 2, 3}) {
      for (const std::int64_t dilation : {1, 2}) {
        for (const std::int64_t pad : {std::int64_t{0}, kernel / 2}) {
          const std::int64_t side = std::max<std::int64_t>(7, (kernel - 1) * dilation + 2);
          expect_right(random_case(random, shape_of(10, side, kernel, stride, dilation, pad)));
        }
      }
    }
  }
}

TEST(DepthwiseCodes, KernelsAndStridesThatDifferByAxis) {
  Random random(24);
  expect_right(random_case(random, {1, 70, 9, 4, 9, 4, 5, 1, 1, 1, 1, 1, 2, 0}));
  expect_right(random_case(random, {1, 70, 4, 9, 4, 9, 1, 3, 1, 1, 1, 1, 0, 1}));
  expect_right(random_case(random, {1, 70, 40, 3, 25, 3, 16, 3, 1, 1, 1, 1, 0, 1}));
  expect_right(random_case(random, {3, 9, 8, 8, 4, 8, 3, 3, 2, 1, 1, 1, 0, 1}));
  expect_right(random_case(random, {1, 150, 8, 9, 8, 4, 3, 3, 1, 2, 1, 1, 1, 0}));
}

TEST(DepthwiseCodes, ExtremeSumsNeitherSaturateNorWrap) {
  Random random(25);
  Case c = random_case(random, shape_of(64, 8, 8, 1, 1, 0));
  std::fill(c.src.begin(), c.src.end(), std::uint8_t{255});
  c.rule.zero_point = 0;
  for (const int weight : {-128, 127}) {
    std::fill(c.weights.begin(), c.weights.end(), static_cast<std::int8_t>(weight));
    expect_right(c);
  }
}

TEST(DepthwiseCodes, BoundsAndOverflowingResults) {
  Random random(26);
  Case c = random_case(random, shape_of(40, 6, 3, 1, 1, 1));
  c.rule.lo = 10.0F;
  c.rule.hi = 200.0F;
  expect_right(c);
  std::fill(c.scale.begin(), c.scale.end(), 1e30F);
  expect_right(c);
  c.rule.lo = -kInfinity;
  c.rule.hi = kInfinity;
  c.rule.bias = {};
  expect_right(c);
}

TEST(DepthwiseCodes, AcceptsEmptyBatches) {
  Random random(27);
  DepthwiseShape shape = shape_of(40, 6, 3, 1, 1, 1);
  shape.batch = 0;
  expect_right(random_case(random, shape));
}

}  // namespace
}  // namespace quantrail::kernels
