#include "runtime/kernels_binary.h"

#include <gmock/gmock.h>

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

TEST(BinaryCodes, IsDequantizeTheOperatorQuantizeToTheBit) {
  Random random(8);
  for (const auto& shapes : kShapes) {
    const auto lhs = random.codes(product(shapes.lhs));
    const auto rhs = random.codes(product(shapes.rhs));
    for (const BinaryOp op : {BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul}) {
      const CodeOperand x{lhs, random.params()};
      const CodeOperand y{rhs, random.params()};
      const CodeResult z{random.params(), static_cast<std::uint8_t>(random.integer(0, 50)),
                         static_cast<std::uint8_t>(random.integer(200, 255))};
      std::vector<std::uint8_t> dst(product(shapes.result));
      binary_codes(op, x, y, {shapes.lhs, shapes.rhs, shapes.result}, z, dst);
      std::size_t i = 0;
      for_each_index(shapes.result, [&](const Sizes& at) {
        const float left = plain_real(lhs[operand_offset(shapes.lhs, at)], x.params);
        const float right = plain_real(rhs[operand_offset(shapes.rhs, at)], y.params);
        ASSERT_EQ(dst[i++], plain_code(plain(op, left, right), z.params, z.lo, z.hi));
      });
    }
  }
}

TEST(AddCodes, EveryPairOfCodes) {
  std::vector<std::uint8_t> lhs(65536);
  std::vector<std::uint8_t> rhs(65536);
  for (std::size_t i = 0; i < lhs.size(); ++i) {
    lhs[i] = static_cast<std::uint8_t>(i / 256);
    rhs[i] = static_cast<std::uint8_t>(i % 256);
  }
  // The second has a tie at every odd sum.
  for (const auto& [sx, sy, sz] : {std::array{0.031F, 0.017F, 0.04F}, std::array{0.25F, 0.25F, 0.5F}}) {
    const CodeOperand x{lhs, {sx, 3}};
    const CodeOperand y{rhs, {sy, 128}};
    const CodeResult z{{sz, 100}, 100, 201};  // Clip to [0, 101 steps]
    std::vector<std::uint8_t> dst(lhs.size());
    add_codes(x, y, z, dst);
    for (std::size_t i = 0; i < lhs.size(); ++i) {
      ASSERT_EQ(dst[i], plain_code(plain_real(lhs[i], x.params) + plain_real(rhs[i], y.params), z.params, z.lo, z.hi));
    }
    auto in_place = rhs;
    add_codes(x, {in_place, y.params}, z, in_place);
    EXPECT_EQ(in_place, dst);
  }
}

TEST(AddCodes, OverflowSaturatesAndNanBecomesTheLowestCode) {
  const std::vector<std::uint8_t> lhs{255, 0, 255};
  const std::vector<std::uint8_t> rhs{255, 0, 0};  // infinity + infinity, the same below zero, infinity - infinity
  std::vector<std::uint8_t> dst(3);
  add_codes({lhs, {3e38F, 128}}, {rhs, {3e38F, 128}}, {{1.0F, 100}, 7, 201}, dst);
  EXPECT_THAT(dst, testing::ElementsAre(201, 7, 7));
}

TEST(AddCodes, AcceptsNothing) {
  add_codes({}, {}, {}, {});
  const Sizes empty{0};
  binary(BinaryOp::Add, {}, {}, {empty, empty, empty}, {});
}

}  // namespace
}  // namespace quantrail::kernels
