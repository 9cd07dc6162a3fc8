#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "export/export.h"
#include "model/lowering.h"
#include "model/weight_edits.h"
#include "peer/networks.h"
#include "peer/peer.h"
#include "peer/quantized_network.h"
#include "runtime/plan.h"

namespace quantrail {
namespace {

using ::testing::AnyOf;
using testing::codes_apart;
using testing::NamedNetwork;
using testing::PeerNode;
using testing::Quantized;
using testing::quantized_network;
using testing::SmallNetwork;

std::vector<float> in_our_runtime(const Quantized& net, const std::set<std::string, std::less<>>& reverted,
                                  RevertMode mode) {
  PlanCache cache;
  const auto plan = Plan::build(net.graph, {&net.q, reverted, mode, {}}, net.input.shape[0], cache);
  if (!plan) throw std::runtime_error(plan.error().message);
  PlanState state(*plan);
  std::copy(net.input.bytes.begin(), net.input.bytes.end(), state.input(0).begin());
  if (const auto ran = state.run(); !ran) throw std::runtime_error(ran.error().message);
  const auto bytes = state.output(0);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// The operator that computes `layer` in ONNX Runtime; "none" when there is no such node.
std::string kernel_of(const std::vector<PeerNode>& nodes, const std::string& layer) {
  for (const auto& node : nodes) {
    if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear") continue;
    // Fusing gives "fused c1", "mul/QuickGeluFusion/" or both.
    const std::string_view name = node.name;
    const auto own = name.starts_with("fused ") ? name.substr(6) : name;
    if (own == layer || own.starts_with(layer + "/")) return node.op;
  }
  return "none";
}

bool is_integer(const std::string& kernel) {
  return kernel == "QGemm" || kernel.starts_with("QLinear") || kernel == "MatMulIntegerToFloat";
}

/// Whether `node` of the optimised graph moves codes: what it reads does not come out of a DequantizeLinear.
bool moves_codes(const std::vector<PeerNode>& nodes, const PeerNode& node) {
  return std::none_of(nodes.begin(), nodes.end(), [&](const PeerNode& before) {
    const auto& results = before.outputs;
    return before.op == "DequantizeLinear" &&
           std::find(results.begin(), results.end(), node.inputs[0]) != results.end();
  });
}

/// The MatMul whose result the Add called `layer` reads, with which ONNX Runtime makes one Gemm of it; else `layer`.
std::string product_before(const Graph& graph, const std::string& layer) {
  const GraphIndex index(graph);
  for (const auto& value : graph.nodes[*index.node(layer)].inputs) {
    const auto at = index.producer(value);
    if (at && graph.nodes[*at].op == "MatMul") return graph.nodes[*at].name;
  }
  return layer;
}

class RealRuntime : public ::testing::Test {
 protected:
  void SetUp() override {
    static const std::string kMissing = testing::missing_peer();
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
  }

  /// ONNX Runtime makes integers of what stands between DequantizeLinear and QuantizeLinear, weights included.
  static void expect_float(const std::vector<PeerNode>& nodes, const Graph& graph, const Node& layer) {
    const auto found =
        std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.name == layer.name; });
    if (found == nodes.end()) return;  // fused with another, or folded away
    EXPECT_TRUE(layer.op != "Softmax" || found->op == "Softmax") << layer.name << " is a " << found->op;
    const bool weighted =
        layer.op == "Conv" || layer.op == "ConvTranspose" || layer.op == "Gemm" || layer.op == "MatMul";
    if (!weighted || constant_input(graph, layer, 1) == nullptr || found->inputs.size() < 2) return;
    for (const auto& node : nodes) {
      const bool weights = !node.outputs.empty() && node.outputs[0] == found->inputs[1];
      EXPECT_FALSE(weights && node.op == "DequantizeLinear") << layer.name << " lost its float weights";
    }
  }

  static void check(const Quantized& net, const std::set<std::string, std::less<>>& reverted, RevertMode mode) {
    const auto model = exported(net.graph, net.q, reverted, mode, {});
    ASSERT_TRUE(model.has_value());
    const auto peer = testing::run_in_peer(model->bytes, net.input);
    ASSERT_TRUE(peer.has_value()) << peer.error().message;
    std::set<std::string, std::less<>> in_float = reverted;
    in_float.insert(model->float_in_onnxruntime.begin(), model->float_in_onnxruntime.end());
    for (const auto& group : net.q.groups) {
      if (net.q.tables.contains(group.name)) {
        const auto kernel = kernel_of(peer->nodes, group.name);
        EXPECT_TRUE(kernel == "Gather" || kernel == "none") << kernel;  // two alike become one
        continue;
      }
      // Add and pooling between codes are the same function in integers, and ONNX Runtime takes it back to them.
      const bool same = mode == RevertMode::Compute && !net.q.layers.at(group.name).weights;
      if (same && reverted.count(group.name) != 0) continue;
      auto kernel = kernel_of(peer->nodes, group.name);
      if (kernel == "none" && reverted.count(group.name) != 0) {
        kernel = kernel_of(peer->nodes, product_before(net.graph, group.name));
      }
      ASSERT_NE(kernel, "none") << group.name << " is gone";
      EXPECT_EQ(is_integer(kernel), in_float.count(group.name) == 0) << group.name << " is computed by " << kernel;
    }
    const Graph graph = edited(net.graph, net.q);
    const auto lowering = lowered(graph, &net.q, reverted, mode);
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
      if (!lowering.nodes[at].integer || net.q.passthrough.count(graph.nodes[at].name) == 0) continue;
      for (const auto& node : peer->nodes) {  // where it is left: ONNX Runtime may do without it, or fuse a Concat
        if (node.name != graph.nodes[at].name || node.op != graph.nodes[at].op) continue;
        EXPECT_TRUE(moves_codes(peer->nodes, node)) << node.name << " moves floats";
      }
    }
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
      if (!lowering.nodes[at].integer) expect_float(peer->nodes, graph, graph.nodes[at]);
      if (graph.nodes[at].op != "MaxPool" || lowering.nodes[at].reads[0] != Read::Float) continue;
      for (const auto& node : peer->nodes) {
        if (node.name != graph.nodes[at].name || node.outputs.size() < 2) continue;
        EXPECT_TRUE(moves_codes(peer->nodes, node)) << node.name << " finds positions among codes";
      }
    }
    EXPECT_LE(codes_apart(peer->optimized, peer->disabled), 3.0) << "the optimised graph is another network";
    EXPECT_LE(codes_apart(peer->deployed, peer->disabled), 3.0) << "changed layouts make it another network";
    EXPECT_LE(codes_apart(in_our_runtime(net, reverted, mode), peer->disabled), 3.0)
        << "our runtime is another network";
  }
};

class OnnxRuntime : public RealRuntime, public ::testing::WithParamInterface<NamedNetwork> {};

TEST_P(OnnxRuntime, FusesEveryLayerThatIsNotNamed) {
  for (const auto preset : {Preset::Performance, Preset::Mixed}) {
    check(quantized_network(GetParam().build(), preset), {}, RevertMode::Full);
  }
}

TEST_P(OnnxRuntime, ComputesARevertedLayerInFloat) {
  const auto net = quantized_network(GetParam().build(), Preset::Performance);
  for (const auto& group : net.q.groups) {
    for (const auto mode : {RevertMode::Full, RevertMode::Compute}) {
      SCOPED_TRACE(group.name + " reverted, " + std::string(name_of(mode)));
      check(net, {group.name}, mode);
    }
  }
}

TEST_P(OnnxRuntime, ComputesTwoRevertedNeighboursInFloat) {
  const auto net = quantized_network(GetParam().build(), Preset::Mixed);
  for (std::size_t i = 1; i < net.q.groups.size(); ++i) {
    SCOPED_TRACE(net.q.groups[i].name + " and the one before");
    check(net, {net.q.groups[i - 1].name, net.q.groups[i].name}, RevertMode::Full);
  }
}

INSTANTIATE_TEST_SUITE_P(Moves, OnnxRuntime, ::testing::ValuesIn(testing::networks_of_moves()),
                         [](const auto& network) { return network.param.name; });

/// Networks whose weights are edited before they are quantized, as deployed and with each layer reverted.
class EditedNetworks : public RealRuntime {
 protected:
  static void check_all(const SmallNetwork& network, const QuantizationParams& params) {
    const auto net = quantized_network(network, params);
    ASSERT_TRUE(has_edits(net.q));
    check(net, {}, RevertMode::Full);
    for (const auto& group : net.q.groups) {
      SCOPED_TRACE(group.name + " reverted");
      check(net, {group.name}, RevertMode::Full);
    }
  }
};

TEST_F(EditedNetworks, WithAlignedAndEqualizedChannelsAreTheSameHere) {
  SmallNetwork net({2, 4, 8, 8});
  const auto narrow = net.conv("narrow", "x", {.channels = 6, .kernel = 1});
  const auto wide = net.clip("k1", net.conv("wide", narrow, {.channels = 8, .kernel = 1}), 0.0F, 6.0F);
  const auto deep = net.relu("r2", net.conv("deep", wide, {.channels = 8, .group = 8}));
  const auto point = net.relu("r3", net.conv("point", deep, {.channels = 8, .kernel = 1}));
  net.output(net.conv("last", point));
  QuantizationParams params;
  params.equalization = true;
  params.use_fast_bias = false;
  check_all(net, params);
}

/// A layer with channels of very different widths, then `activation`, then a depthwise layer.
SmallNetwork uneven_before(const std::function<std::string(SmallNetwork&, const std::string&)>& activation) {
  SmallNetwork net({2, 4, 8, 8});
  const auto stem = net.conv("stem", "x", {.channels = 8, .kernel = 1});
  Tensor weights = *net.graph().constants.find("stem.weight")->second;
  for (std::size_t i = 0; i < weights.values<float>().size(); ++i)
    weights.values<float>()[i] *= std::pow(0.3F, static_cast<float>(i / 4));
  net.keep("stem.weight", std::move(weights));
  const auto deep = net.relu("r", net.conv("deep", activation(net, stem), {.channels = 8, .group = 8}));
  net.output(net.conv("last", deep, {.channels = 8, .kernel = 1}));
  return net;
}

TEST_F(EditedNetworks, WithChannelsEqualizedAcrossASiluAreTheSameHere) {
  const auto net = uneven_before([](SmallNetwork& n, const std::string& x) {
    return n.same("y", "Mul", {x, n.same("gate", "Sigmoid", {x})});
  });
  ASSERT_EQ(quantized_network(net, {}).q.input_scalings.size(), 1U);
  check_all(net, {});
}

TEST_F(EditedNetworks, WithChannelsEqualizedAcrossAHardSwishAreTheSameHere) {
  auto net = uneven_before([](SmallNetwork& n, const std::string& x) { return n.same("y", "HardSwish", {x}); });
  net.graph().opset = 14;
  ASSERT_EQ(quantized_network(net, {}).q.input_scalings.size(), 2U);
  check_all(net, {});
}

TEST(Gates, AreCrossedToTheGoodOfTheNetwork) {
  for (const bool in_one : {false, true}) {
    SCOPED_TRACE(in_one);
    auto net = uneven_before([=](SmallNetwork& n, const std::string& x) {
      return in_one ? n.same("y", "HardSwish", {x})
                    : n.same("y", "Mul", {x, n.same("gate", "HardSigmoid", {x}, {{"alpha", 1.0F / 6.0F}})});
    });
    net.graph().opset = 14;
    const auto noise = [&](std::optional<bool> equalization) {
      QuantizationParams params;
      params.equalization = equalization;
      auto quantized = quantized_network(net, params);
      const auto in_codes = in_our_runtime(quantized, {}, RevertMode::Full);
      quantized.q = {};
      const auto in_float = in_our_runtime(quantized, {}, RevertMode::Full);
      double sum = 0.0;
      for (std::size_t at = 0; at < in_float.size(); ++at) sum += std::pow(in_codes[at] - in_float[at], 2.0);
      return sum;
    };
    EXPECT_LT(noise(std::nullopt), noise(false));
  }
}

TEST_F(EditedNetworks, WithSmoothedProductsAreTheSameHere) {
  SmallNetwork net({2, 5, 8});
  const auto a = net.matmul("a", "x", 8);
  const auto b = net.matmul("b", "x", 8);
  net.output(net.matmul("c", net.same("g", "Sigmoid", {net.same("sum", "Add", {a, b})}), 4));
  QuantizationParams params;
  params.smooth_quant_alpha = 0.5;
  check_all(net, params);
}

/// A step of 6/255 and what rounds to it drop the Clip; with a wider one it stays, and its layer is named. Between the
/// two lie steps with which ONNX Runtime refuses a file that leaves the Clip to it.
TEST_F(RealRuntime, RunsAReluSixOfAnyStep) {
  const auto all = testing::networks();
  const auto relu6 = std::find_if(all.begin(), all.end(), [](const auto& net) { return net.name == "relu6"; });
  const float exact = 6.0F / 255.0F;
  for (const auto& [scale, named] : {std::pair{exact, false},
                                     {std::nextafter(exact, 1.0F), false},
                                     {exact * 1.0005F, false},
                                     {exact * 1.001F, false},
                                     {exact * 1.0019F, false},
                                     {exact * 1.0021F, true},
                                     {exact * 1.01F, true}}) {
    SCOPED_TRACE(scale / exact);
    auto net = quantized_network(relu6->build(), Preset::Performance);
    net.q.activations.at("k1:0") = {scale, 0};
    check(net, {}, RevertMode::Full);
    const auto lowering = lowered(net.graph, &net.q, {});
    EXPECT_EQ(std::count(lowering.float_in_onnxruntime.begin(), lowering.float_in_onnxruntime.end(), "c1"), named);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, OnnxRuntime, ::testing::ValuesIn(testing::networks()),
                         [](const auto& network) { return network.param.name; });

}  // namespace
}  // namespace quantrail
