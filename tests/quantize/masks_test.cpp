// Numbers that stand for "never": what becomes of layers that meet them.
#include "quantize/masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantize/placed.h"

namespace quantrail {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Placed;
using testing::SmallNetwork;

/// The second input of the network, times `factor`.
std::string scaled_input(SmallNetwork& net, float factor) {
  net.scalar("factor", factor);
  return net.same("scaled", "Mul", {net.input("mask", {1, 4, 8, 8}), "factor"});
}

TEST(Masks, LeaveWhatTheyAreAddedToInFloat) {
  for (const float number : {-1e4F, -1e9F, -std::numeric_limits<float>::infinity()}) {
    SmallNetwork net;
    const auto sum = net.same("sum", "Add", {net.conv("a", "x"), scaled_input(net, number)});
    net.output(net.conv("b", net.max_pool("pool", sum)));
    const Placed p(net);
    EXPECT_THAT(p.at(Place::Integer), ElementsAre("a", "b")) << number;
    EXPECT_THAT(p.reason("sum"), HasSubstr("works on a mask"));
    EXPECT_THAT(p.shared("sum:0"), IsEmpty()) << "no codes of what holds the mask";
    EXPECT_THAT(p.shared("pool:0"), ElementsAre("pool:0")) << "codes of what is left of it";
  }
}

TEST(Masks, AreNoOrdinaryNumbers) {
  SmallNetwork net;
  const auto sum = net.same("sum", "Add", {net.conv("a", "x"), scaled_input(net, -100.0F)});
  net.output(net.conv("b", net.max_pool("pool", sum)));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("a", "sum", "b"));
}

TEST(Masks, AreSeenThroughMovesAndSelections) {
  SmallNetwork net({1, 4, 8, 8});
  net.scalar("never", -1e9F);
  const auto where = net.input("where", {1, 4, 8, 8}, ElementType::Bool);
  const auto chosen = net.same("chosen", "Where", {where, net.conv("a", "x"), "never"});
  net.output(net.max_pool("pool", net.same("turned", "Identity", {chosen})));
  const auto masked = masked_values(net.graph());
  EXPECT_THAT(masked, Contains("chosen:0"));
  EXPECT_THAT(masked, Not(Contains("a:0")));
  EXPECT_THAT(masked, Not(Contains("pool:0"))) << "the largest of several is none";
}

TEST(Softmax, KeepsTheSumBeforeItInFloat) {
  const auto network = [](bool read_otherwise) {
    SmallNetwork net;
    const auto sum = net.same("sum", "Add", {net.conv("a", "x"), net.conv("b", "x")});
    const auto shares = net.same("shares", "Softmax", {net.flatten("flat", sum)});
    if (read_otherwise) net.output(net.conv("c", sum));
    net.output(net.gemm("out", shares, 3));
    return Placed(net);
  };
  EXPECT_THAT(network(false).at(Place::Integer), ElementsAre("a", "b", "out"));
  EXPECT_EQ(network(false).reason("sum"), "leads to a Softmax alone, which is in float");
  EXPECT_THAT(network(true).at(Place::Integer), Contains("sum"));
}

TEST(Logarithm, KeepsTheLayerBeforeItInFloat) {
  const auto network = [](bool read_otherwise) {
    SmallNetwork net({1, 8, 8});
    net.scalar("least", 1e-6F);
    const auto power = net.matmul("mel", net.matmul("a", "x", 8), 8);
    const auto level = net.same("log", "Log", {net.same("floor", "Max", {power, "least"})});
    if (read_otherwise) net.output(net.matmul("c", power, 2));
    net.output(net.matmul("b", level, 2));
    return Placed(net);
  };
  EXPECT_THAT(network(false).at(Place::Integer), ElementsAre("a", "b"));
  EXPECT_THAT(network(false).reason("mel"), HasSubstr("leads to a Log alone"));
  EXPECT_THAT(network(true).at(Place::Integer), Contains("mel"));
}

/// A spectrogram: squares of two convolutions, a filter bank, a logarithm.
TEST(Logarithm, KeepsWhatItsPowersAreMadeOfInFloat) {
  SmallNetwork net({1, 3, 8, 8});
  const auto squared = [&](const std::string& name) {
    const auto part = net.conv(name, "x");
    return net.same(name + "_squared", "Mul", {part, part});
  };
  const auto power = net.same("power", "Add", {squared("re"), squared("im")});
  net.output(net.conv("b", net.same("log", "Log", {net.matmul("mel", power, 4)})));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("b"));
}

}  // namespace
}  // namespace quantrail
