#include "runtime/kernels_unary.h"

#include <gmock/gmock.h>

#include <limits>

#include "runtime/kernels_math.h"
#include "runtime/kernels_random.h"

namespace quantrail::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

float at(const Unary& function, float x) {
  const std::array src{x};
  std::array dst{0.0F};
  unary(function, src, dst);
  return dst[0];
}

/// Every 39989th float that is not NaN: 107,000 of them, denormals and infinities among them.
const std::vector<float>& all_magnitudes() {
  static const std::vector<float> kValues = [] {
    std::vector<float> values{0.0F, -0.0F, kInfinity, -kInfinity};
    for (std::uint64_t pattern = 0; pattern <= 0xFFFFFFFFU; pattern += 39989) {
      const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(pattern));
      if (!std::isnan(value)) values.push_back(value);
    }
    return values;
  }();
  return kValues;
}

/// Distance in units of the last place of float(expected), never below those of the denormals.
double ulps(float got, double expected) {
  const auto rounded = static_cast<float>(expected);
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0.0 : 1e9;
  int exponent = 0;
  std::frexp(rounded, &exponent);
  return std::fabs(got - expected) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

struct Smooth {
  UnaryOp op;
  double (*exact)(double);
  float (*here)(float);  // the same formula, compiled into this file: plain code for plain x86-64
  double tolerance_ulp;
};

class SmoothFunction : public testing::TestWithParam<Smooth> {};

TEST_P(SmoothFunction, IsAccurateForEveryMagnitude) {
  const auto& src = all_magnitudes();
  std::vector<float> dst(src.size());
  unary({GetParam().op}, src, dst);
  for (std::size_t i = 0; i < src.size(); ++i) {
    ASSERT_LE(ulps(dst[i], GetParam().exact(static_cast<double>(src[i]))), GetParam().tolerance_ulp) << src[i];
  }
}

TEST_P(SmoothFunction, GivesTheBitsOfPlainCodeWhateverTheInstructionSet) {
  const auto& src = all_magnitudes();
  std::vector<float> dst(src.size());
  unary({GetParam().op}, src, dst);
  std::vector<float> expected;
  for (const float x : src) expected.push_back(GetParam().here(x));
  EXPECT_EQ(bits(dst), bits(expected));
}

TEST_P(SmoothFunction, NanStaysNan) { EXPECT_TRUE(std::isnan(at({GetParam().op}, kNan))); }

double sigmoid_exactly(double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

double softplus_exactly(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

INSTANTIATE_TEST_SUITE_P(
    All, SmoothFunction,
    testing::Values(Smooth{UnaryOp::Exp, [](double x) { return std::exp(x); }, [](float x) { return exp_of(x); }, 1.1},
                    Smooth{UnaryOp::Sigmoid, sigmoid_exactly, [](float x) { return sigmoid_of(x); }, 2.5},
                    Smooth{UnaryOp::Tanh, [](double x) { return std::tanh(x); }, [](float x) { return tanh_of(x); },
                           1.5},
                    Smooth{UnaryOp::Erf, [](double x) { return std::erf(x); }, [](float x) { return erf_of(x); }, 1.5},
                    Smooth{UnaryOp::Softplus, softplus_exactly, [](float x) { return softplus_of(x); }, 2.5}),
    [](const auto& smooth) { return std::to_string(static_cast<int>(smooth.param.op)); });

TEST(Unary, GeluAndSiluAreCloseToTheExactOnesInAbsoluteTerms) {
  for (float x = -12.0F; x < 12.0F; x += 0.00371F) {
    const double exact = static_cast<double>(x);
    EXPECT_NEAR(at({UnaryOp::Gelu}, x), 0.5 * exact * (1 + std::erf(exact / std::sqrt(2.0))),
                2.5e-7 * (1 + std::fabs(exact)));
    EXPECT_LE(ulps(at({UnaryOp::Silu}, x), exact * sigmoid_exactly(exact)), 3.5) << x;
  }
}

TEST(Unary, LogIsAccurateForEveryMagnitudeAndEndsAsTheLibrarys) {
  std::vector<float> positive;
  for (const float x : all_magnitudes()) {
    if (x > 0.0F && !std::isinf(x)) positive.push_back(x);
  }
  for (float x = 0.7F; x < 1.5F; x += 1.3e-5F) positive.push_back(x);
  std::vector<float> dst(positive.size());
  unary({UnaryOp::Log}, positive, dst);
  for (std::size_t i = 0; i < dst.size(); ++i) {
    ASSERT_LE(ulps(dst[i], std::log(static_cast<double>(positive[i]))), 1.0) << positive[i];
    ASSERT_EQ(dst[i], log_of(positive[i])) << "the bits of plain code";
  }
  EXPECT_EQ(at({UnaryOp::Log}, 0.0F), -kInfinity);
  EXPECT_EQ(at({UnaryOp::Log}, -0.0F), -kInfinity);
  EXPECT_EQ(at({UnaryOp::Log}, kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(at({UnaryOp::Log}, -1e-42F)));
  EXPECT_TRUE(std::isnan(at({UnaryOp::Log}, -kInfinity)));
}

TEST(Unary, PowersAreThoseOfTheLibraryToTheirEnds) {
  for (const float exponent : {2.0F, 3.0F, 4.0F, 0.5F, -0.5F, -1.0F}) {
    ASSERT_TRUE(has_power(exponent));
    std::vector<float> dst(all_magnitudes().size());
    unary({UnaryOp::Power, exponent}, all_magnitudes(), dst);
    for (std::size_t i = 0; i < dst.size(); ++i) {
      const float x = all_magnitudes()[i];
      const double exact = std::pow(static_cast<double>(x), static_cast<double>(exponent));
      if (std::isnan(exact)) {
        ASSERT_TRUE(std::isnan(dst[i])) << x << " to " << exponent;
      } else {
        ASSERT_LE(ulps(dst[i], exact), 2.0) << x << " to " << exponent;
        ASSERT_EQ(std::signbit(dst[i]), std::signbit(exact)) << x << " to " << exponent;
      }
    }
  }
  EXPECT_FALSE(has_power(1.5F));
  EXPECT_FALSE(has_power(kNan));
}

TEST(Unary, GeluByTanhIsCloseToTheExactOneInAbsoluteTerms) {
  const Unary gelu{UnaryOp::GeluByTanh, 1.59576912F, 0.0713548163F};
  for (float x = -12.0F; x < 12.0F; x += 0.00371F) {
    const double exact = static_cast<double>(x);
    const double inside = std::sqrt(2.0 / std::acos(-1.0)) * (exact + 0.044715 * exact * exact * exact);
    EXPECT_NEAR(at(gelu, x), 0.5 * exact * (1 + std::tanh(inside)), 2.5e-7 * (1 + std::fabs(exact)));
    EXPECT_EQ(at(gelu, x), gelu_by_tanh_of(x, gelu.alpha, gelu.beta)) << "the bits of plain code";
  }
  EXPECT_EQ(at(gelu, kInfinity), kInfinity);
  EXPECT_EQ(at(gelu, 1e30F), 1e30F);
  EXPECT_EQ(at(gelu, -1e30F), 0.0F);
}

TEST(Unary, PiecewiseFunctionsFollowTheirDefinitions) {
  for (const float x : {-kInfinity, -7.0F, -3.0F, -0.5F, -0.0F, 0.0F, 0.25F, 1.0F, 2.999F, 6.0F, 100.0F, kInfinity}) {
    EXPECT_EQ(at({UnaryOp::Relu}, x), std::max(x, 0.0F));
    EXPECT_EQ(at({UnaryOp::LeakyRelu, 0.1F}, x), x < 0.0F ? 0.1F * x : x);
    EXPECT_EQ(at({UnaryOp::Clip, -1.0F, 6.0F}, x), std::min(std::max(x, -1.0F), 6.0F));
    EXPECT_EQ(at({UnaryOp::HardSigmoid, 0.2F, 0.5F}, x), std::min(std::max(0.2F * x + 0.5F, 0.0F), 1.0F));
    EXPECT_EQ(at({UnaryOp::Abs}, x), std::fabs(x));
    EXPECT_EQ(at({UnaryOp::Neg}, x), -x);
    EXPECT_EQ(at({UnaryOp::Reciprocal}, x), 1.0F / x);
    EXPECT_EQ(at({UnaryOp::Floor}, x), std::floor(x));
    EXPECT_EQ(at({UnaryOp::Ceil}, x), std::ceil(x));
    if (std::isinf(x)) continue;
    EXPECT_EQ(at({UnaryOp::HardSwish}, x), x * std::min(std::max(x * (1.0F / 6.0F) + 0.5F, 0.0F), 1.0F));
    EXPECT_NEAR(at({UnaryOp::Elu, 1.5F}, x), x < 0.0F ? 1.5F * std::expm1(x) : x, 2e-7);
    EXPECT_FLOAT_EQ(at({UnaryOp::Softplus}, x), static_cast<float>(std::log1p(std::exp(static_cast<double>(x)))));
  }
  EXPECT_EQ(at({UnaryOp::Clip, 3.0F, 1.0F}, 2.0F), 1.0F) << "the upper bound wins, as min(max(x, lo), hi) says";
  EXPECT_EQ(at({UnaryOp::Round}, 2.5F), 2.0F);
  EXPECT_EQ(at({UnaryOp::Round}, -3.5F), -4.0F);
  EXPECT_EQ(at({UnaryOp::Sqrt}, 6.25F), 2.5F);
  EXPECT_FLOAT_EQ(at({UnaryOp::Log}, 10.0F), 2.302585093F);
}

TEST(Unary, NanComesThroughEveryFunction) {
  for (int op = 0; op <= static_cast<int>(UnaryOp::Round); ++op) {
    EXPECT_TRUE(std::isnan(at({static_cast<UnaryOp>(op), 0.5F, 1.0F}, kNan))) << op;
  }
}

TEST(Unary, EveryLengthAndInPlace) {
  Random random(9);
  for (std::size_t count = 0; count < 70; ++count) {
    auto values = random.reals(count);
    std::vector<float> apart(count);
    unary({UnaryOp::HardSwish}, values, apart);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(apart[i], at({UnaryOp::HardSwish}, values[i]));
    unary({UnaryOp::HardSwish}, values, values);
    EXPECT_EQ(values, apart);
  }
}

TEST(CodeTable, IsDequantizeTheFunctionQuantizeForEveryCode) {
  Random random(10);
  for (const UnaryOp op : {UnaryOp::Sigmoid, UnaryOp::HardSwish, UnaryOp::LeakyRelu, UnaryOp::Tanh}) {
    const ActivationParams from = random.params();
    const ActivationParams to = random.params();
    const CodeTable table = table_of({op, 0.1F}, from, to);
    for (std::size_t code = 0; code < 256; ++code) {
      const float real = plain_real(static_cast<std::uint8_t>(code), from);
      EXPECT_EQ(table[code], plain_code(at({op, 0.1F}, real), to));
    }
  }
}

TEST(CodeTable, RequantizationToTheSameParametersChangesNothing) {
  const CodeTable table = requantization_table({0.3F, 17}, {0.3F, 17});
  for (std::size_t code = 0; code < 256; ++code) EXPECT_EQ(table[code], code);
}

TEST(LookUp, EveryLengthAtEveryAlignmentAndInPlace) {
  Random random(11);
  CodeTable table{};
  for (auto& entry : table) entry = static_cast<std::uint8_t>(random.integer(0, 255));
  for (std::size_t count = 0; count < 300; ++count) {
    const auto src = random.codes(count + 1);
    std::vector<std::uint8_t> dst(count + 2, 7);
    look_up(std::span(src).subspan(1), table, std::span(dst).subspan(1, count));
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(dst[i + 1], table[src[i + 1]]);
    ASSERT_EQ(dst.front(), 7) << "wrote before the destination";
    ASSERT_EQ(dst.back(), 7) << "wrote behind the destination";
    auto same = src;
    look_up(same, table, same);
    for (std::size_t i = 0; i <= count; ++i) ASSERT_EQ(same[i], table[src[i]]);
  }
}

struct Formula {
  Unary function;
  double (*exact)(double);
};

TEST(Unary, FurtherFunctionsAreTheirFormulas) {
  const std::vector<Formula> formulas{
      {{UnaryOp::Mish}, [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
      {{UnaryOp::Selu, 1.5F, 1.1F}, [](double x) { return double{1.1F} * (x < 0 ? 1.5 * std::expm1(x) : x); }},
      {{UnaryOp::Celu, 0.5F}, [](double x) { return x < 0 ? 0.5 * std::expm1(x / 0.5) : x; }},
      {{UnaryOp::Softsign}, [](double x) { return x / (1 + std::fabs(x)); }},
      {{UnaryOp::ThresholdedRelu, 0.7F}, [](double x) { return x <= double{0.7F} ? 0.0 : x; }},
      {{UnaryOp::Sin}, [](double x) { return std::sin(x); }},
      {{UnaryOp::Cos}, [](double x) { return std::cos(x); }},
  };
  Random random(23);
  auto values = random.reals(2000, 4.0F);
  values.insert(values.end(), {0.0F, 1e-30F, -1e-30F, 19.9F, 20.0F, 80.0F, -80.0F});
  for (const auto& formula : formulas) {
    for (const float x : values) {
      const double exact = formula.exact(static_cast<double>(x));
      ASSERT_NEAR(at(formula.function, x), exact, 1e-6 * std::fabs(exact) + 2e-7)
          << static_cast<int>(formula.function.op) << " of " << x;
    }
    EXPECT_TRUE(std::isnan(at(formula.function, kNan))) << static_cast<int>(formula.function.op);
  }
}

}  // namespace
}  // namespace quantrail::kernels
