// What ONNX's own test models leave out of operators that work element by element.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

#include "model/graph_builder.h"
#include "model/one_node.h"

namespace quantrail {
namespace {

using testing::all_computed;
using testing::computed;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::refusal;
using testing::tensor;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::nanf("");

TEST(Elements, EveryIntegerTypeWraps) {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    constexpr T kMost = std::numeric_limits<T>::max();
    constexpr T kLeast = std::numeric_limits<T>::lowest();
    const auto most = tensor<T>({1}, {kMost});
    const auto one = tensor<T>({1}, {1});
    EXPECT_EQ(computed("Add", {most, one})->template values<T>()[0], kLeast);
    EXPECT_EQ(computed("Sub", {tensor<T>({1}, {kLeast}), one})->template values<T>()[0], kMost);
    EXPECT_EQ(computed("Mul", {most, most})->template values<T>()[0], T{1});
    EXPECT_EQ(computed("Max", {most, one})->template values<T>()[0], kMost);
    EXPECT_THAT(refusal("Div", {most, tensor<T>({1}, {0})}), HasSubstr("division by zero"));
    EXPECT_THAT(refusal("Mod", {most, tensor<T>({1}, {0})}), HasSubstr("division by zero"));
  };
  check(std::int8_t{});
  check(std::int16_t{});
  check(std::int32_t{});
  check(std::int64_t{});
  check(std::uint8_t{});
  check(std::uint16_t{});
  check(std::uint32_t{});
  check(std::uint64_t{});
}

TEST(Elements, ShiftsByAllBitsLeaveNothing) {
  const std::map<std::string, Attribute> left{{"direction", std::string("LEFT")}};
  const std::map<std::string, Attribute> right{{"direction", std::string("RIGHT")}};
  const auto x = tensor<std::uint8_t>({4}, {255, 255, 255, 255});
  const auto by = tensor<std::uint8_t>({4}, {0, 1, 8, 200});
  EXPECT_THAT(integers_of(*computed("BitShift", {x, by}, left)), ElementsAre(255, 254, 0, 0));
  EXPECT_THAT(integers_of(*computed("BitShift", {x, by}, right)), ElementsAre(255, 127, 0, 0));
  const auto wide = tensor<std::uint64_t>({1}, {1});
  EXPECT_THAT(computed("BitShift", {wide, tensor<std::uint64_t>({1}, {63})}, left)->values<std::uint64_t>(),
              ElementsAre(std::uint64_t{1} << 63U));
  EXPECT_THAT(refusal("BitShift", {tensor<std::int32_t>({1}, {1}), tensor<std::int32_t>({1}, {1})}, left),
              HasSubstr("unsigned"));
  EXPECT_THAT(refusal("BitShift", {x, by}), HasSubstr("direction"));
}

TEST(Elements, BitsOfSignedIntegers) {
  const auto a = tensor<std::int16_t>({2}, {-1, 5});
  const auto b = tensor<std::int16_t>({2}, {12, -2});
  EXPECT_THAT(integers_of(*computed("BitwiseAnd", {a, b}, {}, 18)), ElementsAre(12, 4));
  EXPECT_THAT(integers_of(*computed("BitwiseXor", {a, b}, {}, 18)), ElementsAre(-13, -5));
  EXPECT_THAT(integers_of(*computed("BitwiseNot", {a}, {}, 18)), ElementsAre(0, -6));
  EXPECT_FALSE(computed("BitwiseNot", {tensor<float>({1}, {1})}, {}, 18));
}

TEST(Elements, NaNPassesThroughWhatCuts) {
  const auto x = tensor<float>({1}, {kNaN});
  const auto zero = tensor<float>({}, {0});
  EXPECT_TRUE(std::isnan(floats_of(*computed("Clip", {x, zero, zero}))[0]));
  EXPECT_TRUE(std::isnan(floats_of(*computed("Shrink", {x}))[0]));
  EXPECT_TRUE(std::isnan(floats_of(*computed("ThresholdedRelu", {x}))[0]));
  EXPECT_TRUE(std::isnan(floats_of(*computed("Celu", {x}))[0]));
}

TEST(Elements, ClipWithBoundsTheWrongWayRoundGivesTheUpperOne) {
  const auto x = tensor<float>({3}, {-5, 1, 5});
  EXPECT_THAT(floats_of(*computed("Clip", {x, tensor<float>({}, {2}), tensor<float>({}, {1})})), Each(1.0F));
}

TEST(Elements, NamesInfinities) {
  const auto x = tensor<float>({4}, {kInfinity, -kInfinity, kNaN, 1});
  EXPECT_THAT(integers_of(*computed("IsInf", {x})), ElementsAre(1, 1, 0, 0));
  EXPECT_THAT(integers_of(*computed("IsInf", {x}, {{"detect_negative", std::int64_t{0}}})), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(integers_of(*computed("IsNaN", {x})), ElementsAre(0, 0, 1, 0));
}

TEST(Elements, FloatsBeyondAnIntegerTypeSaturate) {
  const auto x = tensor<double>({4}, {1e30, -1e30, std::nan(""), -0.5});
  const auto cast = [&](std::int64_t to) { return *computed("Cast", {x}, {{"to", to}}); };
  EXPECT_THAT(cast(13).values<std::uint64_t>(), ElementsAre(std::numeric_limits<std::uint64_t>::max(), 0, 0, 0));
  EXPECT_THAT(cast(5).values<std::int16_t>(), ElementsAre(32767, -32768, 0, 0));
  EXPECT_THAT(integers_of(*computed("CastLike", {x, tensor<std::uint16_t>({}, {0})}, {}, 15)),
              ElementsAre(65535, 0, 0, 0));
}

TEST(Elements, IntegersAreCutToNarrowerOnes) {
  const auto x = tensor<std::int32_t>({3}, {300, -1, 256});
  EXPECT_THAT(integers_of(*computed("Cast", {x}, {{"to", std::int64_t{2}}})), ElementsAre(44, 255, 0));
  EXPECT_THAT(integers_of(*computed("Cast", {x}, {{"to", std::int64_t{9}}})), ElementsAre(1, 1, 1));
}

TEST(Elements, RandomNumbersFollowTheirSeed) {
  const std::map<std::string, Attribute> seeded{{"shape", std::vector<std::int64_t>{1000}}, {"seed", 7.0F}};
  const auto first = computed("RandomNormal", {}, seeded);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, *computed("RandomNormal", {}, seeded));
  auto other = seeded;
  other["seed"] = 8.0F;
  EXPECT_NE(*first, *computed("RandomNormal", {}, other));
  double mean = 0.0;
  double square = 0.0;
  for (const float value : floats_of(*first)) {
    mean += static_cast<double>(value) / 1000.0;
    square += static_cast<double>(value) * static_cast<double>(value) / 1000.0;
  }
  EXPECT_NEAR(mean, 0.0, 0.1);
  EXPECT_NEAR(square, 1.0, 0.15);
  const auto uniform =
      computed("RandomUniform", {}, {{"shape", std::vector<std::int64_t>{500}}, {"low", 2.0F}, {"high", 3.0F}});
  EXPECT_THAT(floats_of(*uniform), Each(::testing::AllOf(::testing::Ge(2.0F), ::testing::Lt(3.0F))));
}

TEST(Elements, UniformNumbersAreThoseOfTheMersenneTwister) {
  std::mt19937 twister(5);
  const double high = static_cast<double>(twister() >> 5U);
  const double low = static_cast<double>(twister() >> 6U);
  const auto drawn = computed("RandomUniform", {},
                              {{"shape", std::vector<std::int64_t>{1}}, {"seed", 5.0F}, {"dtype", std::int64_t{11}}});
  EXPECT_EQ(drawn->values<double>()[0], (high * 67108864.0 + low) / 9007199254740992.0);
}

TEST(Elements, BernoulliOfCertaintiesIsCertain) {
  const auto p = tensor<float>({4}, {0, 1, 0, 1});
  EXPECT_THAT(integers_of(*computed("Bernoulli", {p}, {{"dtype", std::int64_t{7}}}, 15)), ElementsAre(0, 1, 0, 1));
}

TEST(Elements, DropoutInTrainingScalesWhatItKeeps) {
  const auto x = tensor<float>({1000}, std::vector<float>(1000, 1.0F));
  const auto training = tensor<bool>({}, {true});
  const auto outputs =
      all_computed("Dropout", {x, tensor<float>({}, {0.75F}), training}, {{"seed", std::int64_t{3}}}, 13, 2);
  ASSERT_TRUE(outputs) << outputs.error().message;
  int kept = 0;
  const auto y = floats_of(outputs->front());
  const auto mask = integers_of(outputs->back());
  for (std::size_t at = 0; at < y.size(); ++at) {
    EXPECT_EQ(y[at], mask[at] != 0 ? 4.0F : 0.0F);
    kept += static_cast<int>(mask[at]);
  }
  EXPECT_NEAR(kept, 250, 60);
  EXPECT_THAT(refusal("Dropout", {x, tensor<float>({}, {1.5F}), training}), HasSubstr("a ratio of 1.5"));
}

TEST(Activations, SlopesOfAnotherTypeAreRefused) {
  const auto x = tensor<float>({4}, {-1, 2, -3, 4});
  EXPECT_THAT(refusal("PRelu", {x, tensor<std::uint8_t>({1}, {2})}), HasSubstr("input 1 is of uint8"));
}

}  // namespace
}  // namespace quantrail
