#include "runtime/kernels_add.h"

#include <gmock/gmock.h>

#include <cmath>

#include "model/codes.h"
#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

/// All pairs of codes.
struct Pairs {
  std::vector<std::uint8_t> lhs{};
  std::vector<std::uint8_t> rhs{};
};

Pairs all_pairs() {
  Pairs pairs;
  for (int x = 0; x < 256; ++x) {
    for (int y = 0; y < 256; ++y) {
      pairs.lhs.push_back(static_cast<std::uint8_t>(x));
      pairs.rhs.push_back(static_cast<std::uint8_t>(y));
    }
  }
  return pairs;
}

struct Case {
  ActivationParams lhs{};
  ActivationParams rhs{};
  CodeResult result{};
};

std::uint8_t defined_sum(const Case& c, std::uint8_t x, std::uint8_t y) {
  const std::uint8_t code = activation_code(activation_real(x, c.lhs) + activation_real(y, c.rhs), c.result.params);
  return std::clamp(code, c.result.lo, c.result.hi);
}

void expect_defined_sums(const Case& c) {
  static const Pairs kPairs = all_pairs();
  const CodeAddition addition(c.lhs, c.rhs, c.result);
  std::vector<std::uint8_t> got(kPairs.lhs.size());
  addition.run(kPairs.lhs, kPairs.rhs, got);
  std::size_t wrong = 0;
  for (std::size_t at = 0; at < got.size(); ++at)
    wrong += got[at] == defined_sum(c, kPairs.lhs[at], kPairs.rhs[at]) ? 0U : 1U;
  EXPECT_EQ(wrong, 0U) << c.lhs.scale << " " << c.rhs.scale << " " << c.result.params.scale;
}

Case random_case(Random& random) {
  const auto params = [&] {
    return ActivationParams{std::exp(random.real(0.7F)) / 100.0F, static_cast<std::uint8_t>(random.integer(0, 255))};
  };
  Case c{params(), params(), {params(), 0, 255}};
  c.result.lo = static_cast<std::uint8_t>(random.integer(0, 1) * random.integer(0, 128));
  c.result.hi = static_cast<std::uint8_t>(255 - random.integer(0, 1) * random.integer(0, 100));
  return c;
}

TEST(CodeAddition, EqualsItsDefinitionForEveryPairOfCodes) {
  Random random(3);
  for (int round = 0; round < 60; ++round) expect_defined_sums(random_case(random));
}

TEST(CodeAddition, RoundsTiesToEven) {
  for (const std::uint8_t zero_point : std::vector<std::uint8_t>{0, 1, 128, 255}) {
    expect_defined_sums({{0.5F, 0}, {0.5F, 0}, {{1.0F, zero_point}, 0, 255}});
    expect_defined_sums({{0.25F, 3}, {0.5F, 128}, {{1.0F, zero_point}, 0, 255}});
  }
}

TEST(CodeAddition, TakesScalesOfAnySize) {
  expect_defined_sums({{1e30F, 0}, {1.0F, 0}, {{1.0F, 0}, 0, 255}});
  expect_defined_sums({{1e-30F, 7}, {1e-38F, 0}, {{1.0F, 9}, 0, 255}});
  expect_defined_sums({{1e36F, 128}, {1e35F, 1}, {{1e36F, 128}, 2, 254}});
  expect_defined_sums({{1.0F, 0}, {1.0F, 0}, {{1e-30F, 0}, 0, 255}});
}

TEST(CodeAddition, FusesOrdinaryScalesWhereTheProcessorCan) {
  Random random(5);
  int fused = 0;
  for (int round = 0; round < 40; ++round) {
    const Case c = random_case(random);
    fused += CodeAddition(c.lhs, c.rhs, c.result).fused() ? 1 : 0;
  }
  if (__builtin_cpu_supports("avx512bw") == 0)
    EXPECT_EQ(fused, 0);
  else
    EXPECT_GE(fused, 30);
}

TEST(CodeAddition, AnySizeAndInPlace) {
  Random random(4);
  const Case c = random_case(random);
  const CodeAddition addition(c.lhs, c.rhs, c.result);
  for (const std::size_t count : {0, 1, 63, 64, 65, 1000}) {
    auto lhs = random.codes(count);
    auto rhs = random.codes(count);
    std::vector<std::uint8_t> expected(count);
    for (std::size_t at = 0; at < count; ++at) expected[at] = defined_sum(c, lhs[at], rhs[at]);
    auto onto_rhs = rhs;
    addition.run(lhs, onto_rhs, onto_rhs);
    addition.run(lhs, rhs, lhs);
    EXPECT_EQ(lhs, expected);
    EXPECT_EQ(onto_rhs, expected);
  }
}

}  // namespace
}  // namespace quantrail::kernels
