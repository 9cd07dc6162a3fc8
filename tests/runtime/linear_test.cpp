#include "runtime/linear.h"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/kernels_aligned.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

/// Codes through a convolution that hands them on, with every addend behind it.
std::vector<std::uint8_t> added_codes(const Epilogue& epilogue, std::vector<std::uint8_t> held) {
  constexpr std::int64_t kChannels = 16;
  const std::int64_t pixels = static_cast<std::int64_t>(held.size()) / kChannels;
  LinearSpec spec{
      ConvShape{1, 1, kChannels, kChannels, {1, pixels}, {1, pixels}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}},
      ElementType::Uint8, ElementType::Uint8, 0, epilogue};
  spec.epilogue.scale.assign(kChannels, 1.0F);
  std::vector<std::int8_t> identity(kChannels * kChannels, 0);
  for (std::size_t c = 0; c < kChannels; ++c) identity[c * (kChannels + 1)] = 1;
  PlanCache cache;
  const LinearWeights weights{std::as_bytes(std::span(identity)), {}};
  const auto linear = Linear::make(spec, &weights, cache.state());
  EXPECT_TRUE(linear.has_value());
  std::vector<std::uint8_t> source(held.size());
  for (std::size_t at = 0; at < source.size(); ++at) source[at] = static_cast<std::uint8_t>(at * 37 % 256);
  kernels::AlignedVector<std::byte> scratch((*linear)->scratch_bytes());
  const auto done = (*linear)->bound({reinterpret_cast<const std::byte*>(source.data()), nullptr,
                                      reinterpret_cast<std::byte*>(held.data()), scratch.data()})();
  EXPECT_TRUE(done);
  return held;
}

TEST(Linear, ClampsTheSumOfCodesToItsOwnBounds) {
  if (!runtime_info().int8_exact) GTEST_SKIP() << "no exact int8 products here";
  Epilogue epilogue;
  epilogue.code_sum = CodeSum{0.5F, 0.25F, 10.0F};
  for (const Bounds clamp : {Bounds{}, Bounds{0.0F, Bounds{}.hi}, Bounds{30.0F, 255.0F}, Bounds{0.0F, 100.0F}}) {
    epilogue.clamp = clamp;
    std::vector<std::uint8_t> held(640);
    for (std::size_t at = 0; at < held.size(); ++at) held[at] = static_cast<std::uint8_t>(at * 91 % 256);
    const auto actual = added_codes(epilogue, held);
    for (std::size_t at = 0; at < held.size(); ++at) {
      const double sum = 0.5 * static_cast<double>(at * 37 % 256) + 0.25 * held[at] + 10.0;
      const double least = std::max(0.0, double{clamp.lo});
      const double most = std::min(255.0, double{clamp.hi});
      ASSERT_EQ(actual[at], std::nearbyint(std::min(std::max(sum, least), most)))
          << "element " << at << ", from " << least;
    }
  }
}

}  // namespace
}  // namespace quantrail
