#include "model/lowering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "export/small_network.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::SmallNetwork;

/// c1 -> r1 -> c2 -> r2 -> c3, where `branch` adds more readers of r1:0.
struct Chain {
  SmallNetwork net{};
  Quantization q{};

  explicit Chain(const std::function<void(SmallNetwork&)>& branch = {}) {
    const auto v = net.relu("r1", net.conv("c1", "x"));
    if (branch) branch(net);
    net.output(net.conv("c3", net.relu("r2", net.conv("c2", v))));
    q.activations = {{"x", {0.1F, 128}}, {"r1:0", {0.1F, 0}}, {"r2:0", {0.1F, 0}}};
    for (const auto* name : {"c1", "c2", "c3"}) add_layer(name);
  }
  void add_layer(const std::string& name) {
    q.layers[name] = {};
    q.groups.push_back({name, {name}});
  }
  [[nodiscard]] Lowering lowering(const std::set<std::string, std::less<>>& reverted,
                                  RevertMode mode = RevertMode::Full) const {
    return lowered(net.graph(), &q, reverted, mode);
  }
  [[nodiscard]] Read read(const Lowering& lowering, const std::string& node) const {
    return lowering.nodes[*GraphIndex(net.graph()).node(node)].reads[0];
  }
};

TEST(WhatShips, FloatReadersOfAFloatResultReadItAsComputed) {
  const Chain chain([](SmallNetwork& net) { net.output(net.same("swish", "HardSwish", {"r1:0"})); });
  EXPECT_EQ(chain.read(chain.lowering({}), "swish"), Read::Dequantized) << "codes are all there is";
  const auto lowering = chain.lowering({"c1"});
  EXPECT_EQ(chain.read(lowering, "swish"), Read::Float);
  EXPECT_EQ(chain.read(lowering, "c2"), Read::Codes);
  EXPECT_TRUE(lowering.raw.contains("r1:0"));
}

TEST(WhatShips, MovesCarryWhatTheirReadersNeed) {
  Chain chain([](SmallNetwork& net) { net.output(net.same("swish", "HardSwish", {net.max_pool("pool", "r1:0")})); });
  chain.q.activations["pool:0"] = {0.1F, 0};
  chain.q.passthrough = {"pool"};
  const auto codes = chain.lowering({});
  EXPECT_EQ(chain.read(codes, "pool"), Read::Codes) << "also for a float reader";
  EXPECT_EQ(chain.read(codes, "swish"), Read::Dequantized);
  chain.q.ignored = {"swish"};
  const auto floats = chain.lowering({});
  EXPECT_EQ(chain.read(floats, "pool"), Read::Float);
  EXPECT_EQ(chain.read(floats, "swish"), Read::Float);
  EXPECT_TRUE(floats.raw.contains("r1:0"));
}

TEST(WhatShips, NamesAGemmOnlyWhereAFloatActivationFollows) {
  SmallNetwork net({1, 8});
  const auto v = net.relu("r1", net.gemm("g1", "x", 4));
  net.output(net.gemm("g2", v, 2));
  Quantization q;
  q.layers = {{"g1", {}}, {"g2", {}}};
  q.groups = {{"g1", {"g1"}}, {"g2", {"g2"}}};
  q.activations = {{"x", {0.1F, 128}}, {"r1:0", {0.1F, 0}}};
  EXPECT_THAT(lowered(net.graph(), &q, {}).float_in_onnxruntime, IsEmpty()) << "Gemm has a kernel with float results";
  EXPECT_THAT(lowered(net.graph(), &q, {"g2"}).float_in_onnxruntime, ElementsAre("g1"));
}

TEST(WhatShips, AGemmFusesInFloatOnlyWithAnActivationThatIsReadInOnePlace) {
  const auto named = [](std::size_t readers, bool output) {
    SmallNetwork net({1, 8});
    const auto v = net.relu("r1", net.gemm("g1", "x", 4));
    for (std::size_t at = 0; at < readers; ++at) net.output(net.same("t" + std::to_string(at), "Tanh", {v}));
    if (output) net.output(v);
    Quantization q;
    q.layers = {{"g1", {}}};
    q.groups = {{"g1", {"g1"}}};
    q.activations = {{"x", {0.1F, 128}}};
    return !lowered(net.graph(), &q, {}).float_in_onnxruntime.empty();
  };
  EXPECT_TRUE(named(1, false));
  EXPECT_FALSE(named(0, true));
  EXPECT_FALSE(named(1, true));
  EXPECT_FALSE(named(2, false));
}

}  // namespace
}  // namespace quantrail
