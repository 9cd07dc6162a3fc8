#include "runtime/kernels_binary.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

float plain(BinaryOp op, float x, float y) {
  switch (op) {
    case BinaryOp::Add: return x + y;
    case BinaryOp::Sub: return x - y;
    case BinaryOp::Mul: return x * y;
    case BinaryOp::Div: return x / y;
    case BinaryOp::Pow: return std::pow(x, y);
    case BinaryOp::Min: return std::isnan(x) || std::isnan(y) ? kNan : std::min(x, y);
    case BinaryOp::Max: return std::isnan(x) || std::isnan(y) ? kNan : std::max(x, y);
    case BinaryOp::PRelu: return x < 0.0F ? x * y : x;
  }
  return kNan;
}

constexpr std::array kOps{BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div,
                          BinaryOp::Pow, BinaryOp::Min, BinaryOp::Max, BinaryOp::PRelu};

/// Where the operand of shape `sizes` is read for position `at` of the result.
std::size_t operand_offset(const Sizes& sizes, const Sizes& at) {
  Sizes mine(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    mine[i] = sizes[i] == 1 ? 0 : at[at.size() - sizes.size() + i];
  }
  return offset(sizes, mine);
}

struct Shapes {
  Sizes lhs;
  Sizes rhs;
  Sizes result;
};

const std::vector<Shapes> kShapes{
    {{2, 3, 5, 7}, {2, 3, 5, 7}, {2, 3, 5, 7}},       // the same
    {{2, 3, 5, 7}, {}, {2, 3, 5, 7}},                 // a scalar
    {{}, {4, 33}, {4, 33}},                           //
    {{1, 9, 9, 40}, {40}, {1, 9, 9, 40}},             // channels, last
    {{2, 40, 9, 9}, {40, 1, 1}, {2, 40, 9, 9}},       // channels, plain
    {{2, 1, 1, 40}, {2, 6, 6, 40}, {2, 6, 6, 40}},    // squeeze and excite
    {{2, 70, 3, 33}, {2, 1, 1, 33}, {2, 70, 3, 33}},  // more rows than are joined at once
    {{33}, {70, 3, 33}, {70, 3, 33}},
    {{2, 3, 3000}, {3000}, {2, 3, 3000}},  // rows too long to be joined
    {{3, 1, 5}, {4, 1}, {3, 4, 5}},        // both repeat
    {{1}, {1, 1}, {1, 1}},
    {{0, 3}, {3}, {0, 3}},
    {{2, 1, 2, 1, 2, 1, 2, 1}, {1, 3, 1, 3, 1, 3, 1, 3}, {2, 3, 2, 3, 2, 3, 2, 3}},
};

TEST(Binary, EveryOperatorWithEveryKindOfBroadcast) {
  Random random(6);
  for (const auto& shapes : kShapes) {
    const auto lhs = random.reals(product(shapes.lhs));
    const auto rhs = random.reals(product(shapes.rhs));
    for (const BinaryOp op : kOps) {
      std::vector<float> dst(product(shapes.result));
      binary(op, lhs, rhs, {shapes.lhs, shapes.rhs, shapes.result}, dst);
      std::vector<float> expected;
      for_each_index(shapes.result, [&](const Sizes& at) {
        expected.push_back(plain(op, lhs[operand_offset(shapes.lhs, at)], rhs[operand_offset(shapes.rhs, at)]));
      });
      EXPECT_THAT(dst, testing::Pointwise(testing::NanSensitiveFloatEq(), expected)) << static_cast<int>(op);
      if (op == BinaryOp::Pow) continue;  // the library's, which chooses its own instructions
      EXPECT_EQ(bits(dst), bits(expected)) << static_cast<int>(op);
    }
  }
}

TEST(Binary, MinAndMaxKeepNanFromEitherSide) {
  const std::vector<float> lhs{kNan, 1.0F, kNan, 2.0F};
  const std::vector<float> rhs{1.0F, kNan, kNan, 3.0F};
  const Sizes shape{4};
  std::vector<float> dst(4);
  binary(BinaryOp::Min, lhs, rhs, {shape, shape, shape}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(testing::IsNan(), testing::IsNan(), testing::IsNan(), 2.0F));
  binary(BinaryOp::Max, lhs, rhs, {shape, shape, shape}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(testing::IsNan(), testing::IsNan(), testing::IsNan(), 3.0F));
}

TEST(Binary, WritesOverAnOperandOfTheResultsShape) {
  Random random(7);
  const Sizes shape{3, 50};
  const Sizes row{50};
  const auto lhs = random.reals(150);
  auto both = lhs;
  binary(BinaryOp::Add, both, both, {shape, shape, shape}, both);
  for (std::size_t i = 0; i < 150; ++i) ASSERT_EQ(both[i], lhs[i] + lhs[i]);
  const auto addend = random.reals(50);
  auto values = lhs;
  binary(BinaryOp::Sub, addend, values, {row, shape, shape}, values);
  for (std::size_t i = 0; i < 150; ++i) ASSERT_EQ(values[i], addend[i % 50] - lhs[i]);
}

/// A code from a number that has the zero point in it already.
std::uint8_t rounded(float number, const CodeResult& z) {
  return static_cast<std::uint8_t>(std::nearbyint(std::clamp<float>(number, z.lo, z.hi)));
}

std::uint8_t plain(BinaryOp op, std::uint8_t x, ActivationParams px, std::uint8_t y, ActivationParams py,
                   const CodeResult& z) {
  if (op == BinaryOp::Sub) return plain_code(plain_real(x, px) - plain_real(y, py), z.params, z.lo, z.hi);
  const float zero = z.params.zero_point;
  if (op == BinaryOp::Mul) {
    const auto product = static_cast<float>((x - px.zero_point) * (y - py.zero_point));
    return rounded(product * (px.scale * py.scale / z.params.scale) + zero, z);
  }
  const float left = px.scale / z.params.scale;
  const float right = py.scale / z.params.scale;
  const float offset =
      zero - std::fma(left, static_cast<float>(px.zero_point), right * static_cast<float>(py.zero_point));
  return rounded(std::fma(static_cast<float>(x), left, std::fma(static_cast<float>(y), right, offset)), z);
}

TEST(BinaryCodes, FollowTheirDefinitions) {
  Random random(8);
  for (const auto& shapes : kShapes) {
    const auto lhs = random.codes(product(shapes.lhs));
    const auto rhs = random.codes(product(shapes.rhs));
    const bool turned = lhs.size() == 1 && rhs.size() > 1;
    for (const BinaryOp op : {BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul}) {
      const CodeOperand x{lhs, random.params()};
      const CodeOperand y{rhs, random.params()};
      const CodeResult z{random.params(), static_cast<std::uint8_t>(random.integer(0, 50)),
                         static_cast<std::uint8_t>(random.integer(200, 255))};
      std::vector<std::uint8_t> dst(product(shapes.result));
      binary_codes(op, x, y, {shapes.lhs, shapes.rhs, shapes.result}, z, dst);
      std::size_t i = 0;
      for_each_index(shapes.result, [&](const Sizes& at) {
        const std::uint8_t left = lhs[operand_offset(shapes.lhs, at)];
        const std::uint8_t right = rhs[operand_offset(shapes.rhs, at)];
        const std::uint8_t expected = op == BinaryOp::Add && turned ? plain(op, right, y.params, left, x.params, z)
                                                                    : plain(op, left, x.params, right, y.params, z);
        ASSERT_EQ(dst[i++], expected);
      });
    }
  }
}

/// Of all pairs of codes: which results are not those of dequantizing, computing and quantizing.
std::size_t off_the_definition(BinaryOp op, ActivationParams px, ActivationParams py, const CodeResult& z) {
  std::vector<std::uint8_t> x(65536);
  std::vector<std::uint8_t> y(65536);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<std::uint8_t>(i / 256);
    y[i] = static_cast<std::uint8_t>(i % 256);
  }
  std::vector<std::uint8_t> dst(x.size());
  const Sizes shape{65536};
  binary_codes(op, {x, px}, {y, py}, {shape, shape, shape}, z, dst);
  auto in_place = y;
  binary_codes(op, {x, px}, {in_place, py}, {shape, shape, shape}, z, in_place);
  EXPECT_EQ(in_place, dst);
  std::size_t off = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float real = plain(op, plain_real(x[i], px), plain_real(y[i], py));
    const int apart = int{dst[i]} - int{plain_code(real, z.params, z.lo, z.hi)};
    EXPECT_LE(std::abs(apart), 1);
    off += apart != 0 ? 1U : 0U;
  }
  return off;
}

TEST(BinaryCodes, GiveNearlyAlwaysWhatQuantizingTheRealResultGives) {
  Random random(9);
  std::size_t off = 0;
  for (int round = 0; round < 30; ++round) {
    const ActivationParams x = random.params();
    const ActivationParams y = random.params();
    off += off_the_definition(BinaryOp::Add, x, y, {{0.01F, 77}, 0, 255});
    off += off_the_definition(BinaryOp::Mul, x, y, {{x.scale * y.scale * 150.37F, 77}, 3, 250});
  }
  EXPECT_LE(off, 60U) << "of 4 million";
}

TEST(BinaryCodes, RoundTiesBehindTheZeroPoint) {
  const std::vector<std::uint8_t> x{1, 3, 5};
  const std::vector<std::uint8_t> y{0, 0, 0};
  const Sizes shape{3};
  std::vector<std::uint8_t> dst(3);
  binary_codes(BinaryOp::Add, {x, {0.5F, 0}}, {y, {0.5F, 0}}, {shape, shape, shape}, {{1.0F, 1}, 0, 255}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(2, 2, 4)) << "1.5, 2.5 and 3.5 to even, not 1 + (0.5, 1.5 and 2.5)";
  binary_codes(BinaryOp::Mul, {x, {0.5F, 0}}, {x, {1.0F, 0}}, {shape, shape, shape}, {{1.0F, 1}, 0, 255}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(2, 6, 14)) << "1.5, 5.5 and 13.5";
}

TEST(BinaryCodes, OverflowSaturatesAndNanBecomesTheLowestCode) {
  const std::vector<std::uint8_t> codes{255, 200};
  const Sizes shape{2};
  std::vector<std::uint8_t> dst(2);
  const CodeResult result{{1e-30F, 100}, 7, 201};
  binary_codes(BinaryOp::Mul, {codes, {1e30F, 128}}, {codes, {1e30F, 200}}, {shape, shape, shape}, result, dst);
  EXPECT_THAT(dst, testing::ElementsAre(201, 7)) << "an infinite factor: times 127 * 55, and times nothing";
  binary_codes(BinaryOp::Add, {codes, {1e30F, 128}}, {codes, {1.0F, 0}}, {shape, shape, shape}, result, dst);
  EXPECT_THAT(dst, testing::ElementsAre(7, 7)) << "infinity minus infinity";
}

TEST(BinaryCodes, AcceptNothing) {
  const Sizes empty{0};
  binary_codes(BinaryOp::Add, {}, {}, {empty, empty, empty}, {}, {});
  binary(BinaryOp::Add, {}, {}, {empty, empty, empty}, {});
}

}  // namespace
}  // namespace quantrail::kernels
