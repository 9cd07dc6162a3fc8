// Quantized networks as input: what plans compute, against the definition of each node in plain loops.
#include <gmock/gmock.h>

#include "model/quantized_import.h"
#include "runtime/plan_check.h"
#include "runtime/qdq_network.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;
using Bias = QdqStyle::Bias;

/// Whether the plan computes node `name` in integers.
bool in_integers(const Graph& graph, const std::string& name) {
  const auto network = imported(graph).value();
  const auto at = GraphIndex(network.graph).node(name);
  return at && network.lowering.nodes[*at].integer;
}

/// Output 0 is that of the interpreter, but for codes next to a rounding tie: it holds codes at `params`.
void expect_codes_agree(QdqNetwork& net, ActivationParams params) {
  const auto& expected = net.value(net.graph().outputs[0].name);
  const auto found = agreement(computed(net.graph(), {}, net.inputs()), expected.values<float>(), params);
  EXPECT_LE(found.largest, 1);
  EXPECT_LE(found.different, 1 + found.count / 100);
}

void expect_reals_agree(QdqNetwork& net, float tolerance = 2e-5F) {
  expect_near(computed(net.graph(), {}, net.inputs()), net.value(net.graph().outputs[0].name).values<float>(),
              tolerance);
}

std::vector<QdqStyle> styles() {
  std::vector<QdqStyle> styles;
  for (const auto bias : {Bias::Int32, Bias::None, Bias::Float, Bias::OtherScale}) {
    QdqStyle style;
    style.bias = bias;
    styles.push_back(style);
    style.per_channel = false;
    style.activations = ElementType::Int8;
    styles.push_back(style);
    style.asymmetric_activations = false;
    style.weights = ElementType::Uint8;
    style.weight_zero = 128;
    styles.push_back(style);
    style.per_channel = true;
    style.lowest_weight = true;
    styles.push_back(style);
    style.weights = ElementType::Int8;
    style.weight_zero = 0;
    style.zero_points = false;
    styles.push_back(style);
  }
  return styles;
}

void add_activation(QdqNetwork& net, std::string& value) {
  const auto kind = net.random().integer(0, 2);
  if (kind == 1) value = net.node("Relu", "relu", {value});
  if (kind == 2) value = net.node("Clip", "clip", {value, net.scalar("lo", -0.1F), net.scalar("hi", 0.2F)});
}

TEST(PlanImported, ConvolutionsOfEveryStyle) {
  std::uint32_t seed = 0;
  for (const auto& style : styles()) {
    for (int round = 0; round < 4; ++round) {
      SCOPED_TRACE(++seed);
      QdqNetwork net(style, seed);
      const auto groups = net.random().integer(0, 1) == 0 ? 1 : 4;
      const auto x = net.input("x", {2, 8, 7, 9});
      auto y = net.layer("Conv", "conv", net.pair(x), {12, 8 / groups, 3, 3}, 0,
                         {{"group", std::int64_t{groups}}, {"pads", Ints{1, 1, 1, 1}}});
      add_activation(net, y);
      net.output(net.pair(y));
      EXPECT_TRUE(in_integers(net.graph(), "conv"));
      expect_codes_agree(net, net.params());
    }
  }
}

TEST(PlanImported, ResultsThatNobodyQuantizes) {
  std::uint32_t seed = 100;
  for (const auto& style : styles()) {
    SCOPED_TRACE(++seed);
    QdqNetwork net(style, seed);
    const auto x = net.input("x", {2, 8, 7, 9});
    net.output(net.layer("Conv", "conv", net.pair(x), {5, 8, 1, 1}, 0));
    EXPECT_TRUE(in_integers(net.graph(), "conv"));
    expect_reals_agree(net);
  }
}

TEST(PlanImported, DepthwiseConvolutions) {
  std::uint32_t seed = 200;
  for (const auto& style : styles()) {
    SCOPED_TRACE(++seed);
    QdqNetwork net(style, seed);
    const auto x = net.input("x", {2, 32, 9, 9});
    auto y = net.layer("Conv", "conv", net.pair(x), {32, 1, 3, 3}, 0,
                       {{"group", std::int64_t{32}}, {"pads", Ints{1, 1, 1, 1}}});
    add_activation(net, y);
    net.output(net.pair(y));
    EXPECT_TRUE(in_integers(net.graph(), "conv"));
    expect_codes_agree(net, net.params());
  }
}

TEST(PlanImported, GemmsAndProducts) {
  std::uint32_t seed = 300;
  for (auto style : styles()) {
    for (const bool turned : {false, true}) {
      SCOPED_TRACE(++seed);
      QdqNetwork net(style, seed);
      auto y = net.layer("Gemm", "fc", net.pair(net.input("x", {5, 24})), turned ? Shape{10, 24} : Shape{24, 10},
                         turned ? 0 : 1, {{"transB", std::int64_t{turned ? 1 : 0}}, {"alpha", 0.5F}, {"beta", 2.0F}});
      net.output(net.pair(y));
      EXPECT_TRUE(in_integers(net.graph(), "fc"));
      expect_codes_agree(net, net.params());
    }
    style.bias = Bias::None;
    QdqNetwork net(style, seed);
    net.output(net.pair(net.layer("MatMul", "product", net.pair(net.input("x", {3, 4, 24})), {24, 10}, 1)));
    EXPECT_TRUE(in_integers(net.graph(), "product"));
    expect_codes_agree(net, net.params());
  }
}

TEST(PlanImported, AsymmetricWeightsAreComputedInFloat) {
  QdqStyle style;
  style.weights = ElementType::Uint8;
  style.weight_zero = 117;
  style.per_channel = false;
  QdqNetwork net(style);
  net.output(net.pair(net.layer("Conv", "conv", net.pair(net.input("x", {2, 8, 7, 9})), {6, 8, 3, 3}, 0)));
  EXPECT_FALSE(in_integers(net.graph(), "conv"));
  expect_codes_agree(net, net.params());
}

TEST(PlanImported, FloatLayersReadWhatTheirPairGives) {
  QdqNetwork net({});
  const auto x = net.pair(net.input("x", {2, 8, 7, 9}), 0.5F);  // clips
  const auto w = net.constant("w", Tensor::of<float>({4, 8, 1, 1}, net.random().reals(32)));
  net.output(net.node("Conv", "conv", {x, w}));
  EXPECT_FALSE(in_integers(net.graph(), "conv"));
  expect_reals_agree(net);
}

TEST(PlanImported, AGuardWithOneScalePerChannelIsAPair) {
  QdqNetwork net({});
  const auto x = net.input("x", {2, 3, 5, 5});
  const auto params = net.parameters(x);
  const auto codes = net.quantize(x, params);
  const std::vector<float> scales(3, net.params().scale);
  const std::vector<std::uint8_t> zeros(3, net.params().zero_point);
  const auto guarded = net.dequantize(codes,
                                      {net.constant("scales", Tensor::of<float>({3}, scales)),
                                       net.constant("zeros", Tensor::of<std::uint8_t>({3}, zeros))},
                                      {{"axis", std::int64_t{1}}});
  const auto plain = net.dequantize(codes, params);
  const auto w = net.constant("w", Tensor::of<float>({4, 3, 1, 1}, net.random().reals(12)));
  const auto a = net.node("Conv", "float_conv", {guarded, w});
  const auto b = net.layer("Conv", "conv", plain, {4, 3, 1, 1}, 0);
  net.output(net.node("Add", "sum", {a, b}));
  EXPECT_TRUE(in_integers(net.graph(), "conv"));
  EXPECT_FALSE(in_integers(net.graph(), "float_conv"));
  expect_reals_agree(net);
}

TEST(PlanImported, PointsOfOneValueMayDiffer) {
  QdqNetwork net({});
  const auto x = net.node("Relu", "relu", {net.input("x", {2, 8, 6, 6})});
  const auto a = net.layer("Conv", "a", net.pair(x), {4, 8, 1, 1}, 0);
  const auto b = net.layer("Conv", "b", net.pair(x, 0.4F), {4, 8, 1, 1}, 0);
  const auto c = net.node("ReduceSum", "c", {x, net.constant("axes", Tensor::of<std::int64_t>({1}, Ints{1}))});
  net.output(net.node("Add", "abc", {net.node("Add", "ab", {a, b}), c}));
  EXPECT_TRUE(in_integers(net.graph(), "a"));
  EXPECT_TRUE(in_integers(net.graph(), "b"));
  expect_reals_agree(net);
}

TEST(PlanImported, ArithmeticBetweenCodes) {
  for (const auto* op : {"Add", "Sub", "Mul"}) {
    for (const auto activations : {ElementType::Uint8, ElementType::Int8}) {
      SCOPED_TRACE(op);
      QdqNetwork net({.activations = activations});
      const auto a = net.pair(net.input("a", {2, 8, 6, 6}));
      const auto b = net.pair(net.input("b", {2, 8, 6, 6}), 0.7F);
      net.output(net.pair(net.node("Relu", "relu", {net.node(op, "result", {a, b})})));
      expect_codes_agree(net, net.params());
    }
  }
}

TEST(PlanImported, ArithmeticWithStoredConstants) {
  QdqNetwork net({});
  const auto a = net.pair(net.input("a", {2, 8, 6, 6}));
  const std::vector<std::uint8_t> codes{3, 90, 255, 17, 0, 128, 60, 200};
  const auto c = net.dequantize(net.constant("c", Tensor::of<std::uint8_t>({8, 1, 1}, codes)),
                                {net.scalar("c_scale", 0.01F), net.scalar("c_zero", std::uint8_t{100})});
  net.output(net.pair(net.node("Mul", "result", {a, c})));
  EXPECT_TRUE(in_integers(net.graph(), "result"));
  expect_codes_agree(net, net.params());
}

TEST(PlanImported, PoolsConcatAndFunctions) {
  QdqNetwork net({.activations = ElementType::Int8});
  const auto x = net.pair(net.input("x", {2, 8, 8, 8}));
  const std::map<std::string, Attribute> window{{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}};
  const auto mean = net.pair(net.node("AveragePool", "mean", {x}, window));
  const auto most = net.pair(net.node("MaxPool", "most", {x}, window));
  const auto joined = net.pair(net.node("Concat", "joined", {mean, most}, {{"axis", std::int64_t{1}}}));
  const auto gate = net.pair(net.node("Sigmoid", "gate", {joined}));
  const auto gated = net.pair(net.node("Mul", "gated", {joined, gate}));
  net.output(net.pair(net.node("GlobalAveragePool", "all", {gated})));
  for (const auto* name : {"mean", "joined", "gated", "all"}) EXPECT_TRUE(in_integers(net.graph(), name)) << name;
  expect_codes_agree(net, net.params());
}

TEST(PlanImported, MovesNeedNoPairBehindThem) {
  QdqNetwork net({});
  const auto x = net.pair(net.input("x", {2, 8, 4, 4}));
  const auto turned = net.node("Transpose", "turned", {x}, {{"perm", Ints{0, 2, 3, 1}}});
  const auto flat = net.node("Flatten", "flat", {turned});
  net.output(net.layer("Gemm", "fc", flat, {128, 6}, 1));
  for (const auto* name : {"turned", "flat", "fc"}) EXPECT_TRUE(in_integers(net.graph(), name)) << name;
  expect_reals_agree(net);
}

TEST(PlanImported, MovesOfCodes) {
  for (const auto activations : {ElementType::Uint8, ElementType::Int8}) {
    QdqNetwork net({.activations = activations});
    const auto x = net.input("x", {2, 8, 8, 8});
    const auto params = net.parameters(x);
    auto codes = net.quantize(x, params);
    codes = net.node("MaxPool", "most", {codes}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
    codes = net.node("Transpose", "turned", {codes}, {{"perm", Ints{0, 1, 3, 2}}});
    codes = net.node("Concat", "twice", {codes, codes}, {{"axis", std::int64_t{1}}});
    net.output(net.layer("Conv", "conv", net.dequantize(codes, params), {4, 16, 1, 1}, 0));
    for (const auto* name : {"most", "turned", "twice", "conv"}) EXPECT_TRUE(in_integers(net.graph(), name)) << name;
    expect_reals_agree(net);
  }
}

TEST(PlanImported, WeightsMayBeTransposedBehindTheirScales) {
  for (const bool per_channel : {true, false}) {
    QdqNetwork net({.per_channel = per_channel, .bias = Bias::None});
    const auto x = net.pair(net.input("x", {2, 3, 8}));
    net.layer("MatMul", "spare", x, {8, 8}, 0);
    const std::string stored = net.graph().nodes.back().inputs[1];
    net.graph().nodes.pop_back();
    const auto w = net.node("Transpose", "turned", {stored}, {{"perm", Ints{1, 0}}});
    const auto y = net.node("MatMul", "product", {x, w});
    net.output(net.pair(y));
    EXPECT_TRUE(in_integers(net.graph(), "product"));
    expect_codes_agree(net, net.params());
  }
}

TEST(PlanImported, NodesThatFitNoPatternStay) {
  QdqNetwork net({});
  const auto x = net.input("x", {2, 4, 3, 5});
  const std::vector<float> scales{0.01F, 0.02F, 0.03F, 0.015F};
  const std::vector<std::int8_t> zeros{0, -3, 7, 100};
  const std::vector<std::string> params{net.constant("scales", Tensor::of<float>({4}, scales)),
                                        net.constant("zeros", Tensor::of<std::int8_t>({4}, zeros))};
  const std::map<std::string, Attribute> axis{{"axis", std::int64_t{1}}};
  const auto codes = net.node("QuantizeLinear", "q", {x, params[0], params[1]}, axis);
  net.output(net.node("DequantizeLinear", "d", {codes, params[0], params[1]}, axis));
  expect_reals_agree(net, 0.0F);
}

TEST(PlanImported, CodesMayEnterAndLeave) {
  QdqNetwork net({});
  const auto x = net.input("x", {2, 8, 4, 4});
  const auto params = net.parameters(x);
  const auto real = net.layer("Conv", "conv", net.dequantize(net.quantize(x, params), params), {6, 8, 1, 1}, 0);
  const auto codes = net.quantize(real, net.parameters(real));
  net.graph().outputs.push_back({codes, ElementType::Uint8, {}, {}});
  EXPECT_TRUE(in_integers(net.graph(), "conv"));

  PlanState state(plan_of(net.graph(), {}, 2));
  fill_inputs(state, net.graph(), net.inputs());
  ASSERT_TRUE(state.run());
  const auto found = state.output(0);
  const auto expected = net.value(codes).bytes;
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t at = 0; at < found.size(); ++at)
    ASSERT_NEAR(static_cast<int>(found[at]), static_cast<int>(expected[at]), 1) << at;
}

TEST(PlanImported, ValuesWhoseShapeDependsOnDataKeepTheirPairs) {
  QdqNetwork net({});
  const auto x = net.input("x", {3, 8});
  const auto places = net.node("NonZero", "places", {net.node("Relu", "relu", {x})});
  const auto first = net.scalar("first", std::int64_t{0});
  const auto rows = net.node("Gather", "rows", {places, first}, {{"axis", std::int64_t{0}}});
  const auto picked = net.node("Gather", "picked", {net.pair(x, 0.4F), rows}, {{"axis", std::int64_t{0}}});
  net.output(net.pair(picked, 0.7F));
  const auto& expected = net.value(net.graph().outputs[0].name);
  EXPECT_EQ(kernels::bits(computed(net.graph(), {}, net.inputs())), kernels::bits(expected.values<float>()));
}

TEST(PlanImported, ProcessorsWithoutExactProductsGiveTheSame) {
  for (const auto& style : styles()) {
    QdqNetwork net(style);
    net.output(net.pair(net.layer("Conv", "conv", net.pair(net.input("x", {2, 8, 7, 9})), {6, 8, 3, 3}, 0)));
    const auto expected = net.value(net.graph().outputs[0].name);
    const auto found =
        agreement(computed(net.graph(), {}, net.inputs(), {false}), expected.values<float>(), net.params());
    EXPECT_LE(found.largest, 1);
  }
}

}  // namespace
}  // namespace quantrail::testing
