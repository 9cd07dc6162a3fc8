#include "runtime/linear.h"

#include <gtest/gtest.h>

#include "runtime/kernels_aligned.h"
#include "runtime/kernels_random.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

/// Exact in float32 as well: codes times small integers.
template <class Source, class Weight>
std::size_t wrong_sums(const ConvShape& c, kernels::Random& random) {
  const auto size = static_cast<std::size_t>(c.in[0] * c.in[1] * c.channels_in);
  std::vector<Source> source(size);
  for (auto& code : source) code = static_cast<Source>(random.integer(0, 255));
  std::vector<Weight> weights(static_cast<std::size_t>(c.channels_out * c.channels_in * c.kernel[0] * c.kernel[1]));
  for (auto& weight : weights) weight = static_cast<Weight>(random.integer(-9, 9));
  LinearSpec spec{c, sizeof(Source) == 1 ? ElementType::Uint8 : ElementType::Float32, ElementType::Float32};
  PlanCache cache;
  Hasher identity;
  const LinearWeights given{std::as_bytes(std::span(weights)), identity.add("weights").finish()};
  const auto linear = Linear::make(spec, &given, cache.state());
  EXPECT_TRUE(linear.has_value());
  std::vector<float> sums(static_cast<std::size_t>(c.out[0] * c.out[1] * c.channels_out));
  kernels::AlignedVector<std::byte> scratch((*linear)->scratch_bytes());
  EXPECT_TRUE((*linear)->bound({reinterpret_cast<const std::byte*>(source.data()), nullptr,
                                reinterpret_cast<std::byte*>(sums.data()), scratch.data()})());
  std::size_t wrong = 0;
  kernels::for_each_index({c.out[0], c.out[1], c.channels_out}, [&](const kernels::Sizes& at) {
    double sum = 0.0;
    kernels::for_each_index({c.channels_in, c.kernel[0], c.kernel[1]}, [&](const kernels::Sizes& k) {
      const auto from = ((at[0] * c.stride[0] + k[1]) * c.in[1] + at[1] * c.stride[1] + k[2]) * c.channels_in + k[0];
      const auto with = ((at[2] * c.channels_in + k[0]) * c.kernel[0] + k[1]) * c.kernel[1] + k[2];
      sum += static_cast<double>(source[static_cast<std::size_t>(from)]) *
             static_cast<double>(weights[static_cast<std::size_t>(with)]);
    });
    const auto index = (at[0] * c.out[1] + at[1]) * c.channels_out + at[2];
    wrong += sums[static_cast<std::size_t>(index)] == static_cast<float>(sum) ? 0U : 1U;
  });
  return wrong;
}

/// Where the int8 kernels of oneDNN 2.6 for AMX, which we keep away from, lose their way.
TEST(Linear, AddsUpWindowsOfEveryKernelAndStride) {
  kernels::Random random(7);
  for (const std::int64_t kernel : {1, 2, 3, 4, 5, 7}) {
    for (const std::int64_t stride : {1, 2, 3, 4, 6}) {
      for (const std::int64_t size : {17, 19, 31}) {
        const std::int64_t out = (size - kernel) / stride + 1;
        const ConvShape shape{
            1, 1, 66, 32, {size, size}, {out, out}, {kernel, kernel}, {stride, stride}, {1, 1}, {0, 0}, {0, 0}, false};
        SCOPED_TRACE(std::to_string(kernel) + " by " + std::to_string(stride) + " of " + std::to_string(size));
        EXPECT_EQ((wrong_sums<float, float>(shape, random)), 0U);
        if (runtime_info().int8_exact) {
          EXPECT_EQ((wrong_sums<std::uint8_t, std::int8_t>(shape, random)), 0U);
        }
      }
    }
  }
}

}  // namespace
}  // namespace quantrail
