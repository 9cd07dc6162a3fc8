#include "quantize/told_apart.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/placed.h"

namespace quantrail {
namespace {

using testing::Placed;
using testing::SmallNetwork;

constexpr Interval kSeen{-20.0, 20.0};
constexpr double kStep = 40.0 / 4095.0;  // between the points that are looked at
constexpr ActivationParams kGate{1.0F / 255.0F, 0};

/// conv -> x * g(x) -> conv, with `gate` for g.
struct Gated {
  SmallNetwork net{};
  explicit Gated(const std::string& gate, std::map<std::string, Attribute> attributes = {}) {
    const auto x = net.conv("first", "x");
    const auto g = net.same("gate", gate, {x}, std::move(attributes));
    net.output(net.conv("last", net.same("product", "Mul", {x, g})));
  }
  [[nodiscard]] Interval apart(const ActivationCodes& codes) const {
    const Placed placed(net);
    return told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, codes, {"first:0"}, kSeen);
  }
};

TEST(ToldApart, EndsWhereTheCodesOfASigmoidAreZero) {
  const auto apart = Gated("Sigmoid").apart({{"gate:0", kGate}, {"product:0", {1e-4F, 200}}});
  EXPECT_NEAR(apart.lo, std::log(1.0 / 509.0), 2 * kStep) << "sigma(x) = 0.5 / 255";
}

TEST(ToldApart, EndsWhereTheCodesOfTheResultAreZero) {
  // A step of 1: x * sigma(x) is never below -0.279, so that nothing negative has another code than zero.
  const auto coarse = Gated("Sigmoid").apart({{"gate:0", kGate}, {"product:0", {1.0F, 0}}});
  EXPECT_NEAR(coarse.lo, 0.0, 2 * 0.74) << "0.5 = x * sigma(x) at x = 0.74";
  EXPECT_LE(coarse.lo, 0.0);
  // A step of 0.1: half of it at x = -4.5, while the codes of the gate are still 3.
  const auto fine = Gated("Sigmoid").apart({{"gate:0", kGate}, {"product:0", {0.1F, 3}}});
  EXPECT_LT(fine.lo, -4.0);
  EXPECT_GT(fine.lo, -4.7);
}

TEST(ToldApart, EndsOnTheUpperSideWhereTheResultSaturates) {
  const auto apart = Gated("Sigmoid").apart({{"gate:0", kGate}, {"product:0", {5.0F / 255.0F, 0}}});
  EXPECT_NEAR(apart.hi, 5.03, 0.03) << "x * sigma(x) = 5 (less half a step), where the codes end";
}

TEST(ToldApart, KnowsWhereAHardSwishIsZeroExactly) {
  const Gated hard("HardSigmoid", {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}});
  const auto apart = hard.apart({{"gate:0", {1e-5F, 0}}, {"product:0", {1e-5F, 128}}});
  EXPECT_NEAR(apart.lo, -3.0, 2 * kStep);
}

/// What the claim means: codes of results do not change when what is read is clamped to the part.
TEST(ToldApart, LosesNothing) {
  const ActivationCodes codes{{"gate:0", kGate}, {"product:0", {0.031F, 9}}};
  const auto apart = Gated("Sigmoid").apart(codes);
  ASSERT_GT(apart.lo, kSeen.lo);
  const auto code = [&](double x) {
    const auto sigma = static_cast<float>(1.0 / (1.0 + std::exp(-x)));
    const float gate = activation_real(activation_code(sigma, codes.at("gate:0")), codes.at("gate:0"));
    return activation_code(static_cast<float>(x) * gate, codes.at("product:0"));
  };
  for (double x = -20.0; x <= 20.0; x += 0.0037) ASSERT_EQ(code(x), code(std::clamp(x, apart.lo, apart.hi))) << x;
}

TEST(ToldApart, IsEverythingWhereAnyoneElseReadsTheValue) {
  SmallNetwork net;
  const auto x = net.conv("first", "x");
  const auto product = net.same("product", "Mul", {x, net.same("gate", "Sigmoid", {x})});
  net.output(net.conv("last", product));
  net.output(net.conv("other", x));
  const Placed placed(net);
  const ActivationCodes codes{{"gate:0", kGate}, {"product:0", {0.1F, 3}}};
  EXPECT_EQ(told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, codes, {"first:0"}, kSeen), kSeen);
}

TEST(ToldApart, IsEverythingWhereAResultIsReadInFloat) {
  SmallNetwork net;
  const auto x = net.conv("first", "x");
  const auto swish = net.same("swish", "HardSwish", {x});
  net.output(net.conv("last", swish));
  net.output(net.same("log", "Exp", {swish}));
  const Placed placed(net);
  const ActivationCodes codes{{"swish:0", {0.1F, 3}}};
  EXPECT_EQ(told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, codes, {"first:0"}, kSeen), kSeen);
}

TEST(ToldApart, IsEverythingOfWhatLeavesTheNetwork) {
  SmallNetwork net;
  const auto x = net.conv("first", "x");
  net.output(net.same("gate", "Sigmoid", {x}));
  const Placed placed(net);
  EXPECT_EQ(told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, {}, {"first:0"}, kSeen), kSeen);
}

TEST(ToldApart, LooksAtEveryChannelWhereFactorsDiffer) {
  SmallNetwork net;
  const auto x = net.conv("first", "x", {.channels = 2});
  const std::vector<float> factors{1.0F, 0.5F};  // so that channel 1 is told apart twice as far down
  net.keep("factors", Tensor::of<float>({2, 1, 1}, std::span<const float>(factors)));
  const auto gate = net.same("gate", "Sigmoid", {net.same("back", "Mul", {x, "factors"})});
  net.output(net.conv("last", net.same("product", "Mul", {x, gate})));
  const Placed placed(net);
  const ActivationCodes codes{{"gate:0", kGate}, {"product:0", {1e-4F, 200}}};
  const auto apart = told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, codes, {"first:0"}, kSeen);
  EXPECT_NEAR(apart.lo, 2.0 * std::log(1.0 / 509.0), 2 * kStep);
}

TEST(ToldApart, StaysOnTheSafeSideOfManyChannels) {
  SmallNetwork net;
  const auto x = net.conv("first", "x", {.channels = 8192, .kernel = 1});
  net.keep("factors", Tensor::of<float>({8192, 1, 1}, std::span<const float>(std::vector<float>(8192, 1.0F))));
  const auto gate = net.same("gate", "Sigmoid", {net.same("back", "Mul", {x, "factors"})});
  net.output(net.conv("last", net.same("product", "Mul", {x, gate}), {.channels = 1, .kernel = 1}));
  const Placed placed(net);
  const ActivationCodes codes{{"gate:0", kGate}, {"product:0", {1e-4F, 200}}};
  const auto apart = told_apart(placed.graph, GraphIndex(placed.graph), placed.placement, codes, {"first:0"}, kSeen);
  EXPECT_LE(apart.lo, std::log(1.0 / 509.0));
  EXPECT_GE(apart.lo, std::log(1.0 / 509.0) - 40.0 / 63.0) << "one of 64 points";
}

TEST(ToldApart, LooksBehindMovesToo) {
  SmallNetwork net;
  const auto pooled = net.max_pool("pool", net.conv("first", "x"));
  net.output(net.conv("last", net.same("product", "Mul", {pooled, net.same("gate", "Sigmoid", {pooled})})));
  const Placed placed(net);
  const ActivationCodes codes{{"gate:0", kGate}, {"product:0", {1e-4F, 200}}};
  const GraphIndex index(placed.graph);
  const std::vector<std::string> both{"first:0", "pool:0"};
  EXPECT_NEAR(told_apart(placed.graph, index, placed.placement, codes, both, kSeen).lo, std::log(1.0 / 509.0),
              2 * kStep);
}

}  // namespace
}  // namespace quantrail
