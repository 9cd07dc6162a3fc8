#include "runtime/kernels_slices.h"

#include <gtest/gtest.h>

#include <limits>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

/// Random slices, for `outer` rows of them.
struct Sliced {
  std::vector<ActivationParams> slices{};
  std::size_t inner = 1;
  std::size_t count = 0;

  Sliced(Random& random, std::size_t number, std::size_t inner_, std::size_t outer)
      : inner(inner_), count(outer * number * inner_) {
    for (std::size_t slice = 0; slice < number; ++slice) slices.push_back(random.params());
  }
  [[nodiscard]] ActivationParams of(std::size_t element) const { return slices[element / inner % slices.size()]; }
};

std::vector<Sliced> cases(Random& random) {
  return {{random, 1, 1, 1000}, {random, 7, 1, 40}, {random, 5, 13, 9}, {random, 3, 64, 4}, {random, 4, 301, 3}};
}

TEST(SlicedCodes, QuantizeEachSliceByItsOwnRule) {
  Random random(1);
  for (const auto& sliced : cases(random)) {
    SCOPED_TRACE(sliced.inner);
    auto reals = random.reals(sliced.count);
    reals[0] = std::numeric_limits<float>::quiet_NaN();
    reals[1] = std::numeric_limits<float>::infinity();
    reals[2] = -std::numeric_limits<float>::infinity();
    for (const auto flip : {std::uint8_t{0}, std::uint8_t{0x80}}) {
      std::vector<std::uint8_t> codes(sliced.count);
      SlicedCodes(sliced.slices, static_cast<std::int64_t>(sliced.inner), flip).quantize(reals, codes);
      for (std::size_t at = 0; at < sliced.count; ++at)
        ASSERT_EQ(codes[at], plain_code(reals[at], sliced.of(at)) ^ flip) << at;
    }
  }
}

TEST(SlicedCodes, DequantizeEachSliceByItsOwnRule) {
  Random random(2);
  for (const auto& sliced : cases(random)) {
    SCOPED_TRACE(sliced.inner);
    const auto codes = random.codes(sliced.count);
    for (const auto flip : {std::uint8_t{0}, std::uint8_t{0x80}}) {
      std::vector<float> reals(sliced.count);
      SlicedCodes(sliced.slices, static_cast<std::int64_t>(sliced.inner), flip).dequantize(codes, reals);
      for (std::size_t at = 0; at < sliced.count; ++at)
        ASSERT_EQ(reals[at], plain_real(static_cast<std::uint8_t>(codes[at] ^ flip), sliced.of(at))) << at;
    }
  }
}

}  // namespace
}  // namespace quantrail::kernels
