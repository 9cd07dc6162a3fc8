// Quantized files, as other tools write them and as ONNX Runtime itself makes them, in our runtime and in the real one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>

#include "export/export.h"
#include "model/composed_network.h"
#include "model/quantized_import.h"
#include "peer/imported_file.h"
#include "peer/networks.h"
#include "peer/peer.h"
#include "peer/quantized_network.h"
#include "runtime/random_qdq.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;
using Bias = QdqStyle::Bias;

class Peer : public ::testing::Test {
 protected:
  void SetUp() override {
    static const std::string kMissing = missing_peer();
    if (!kMissing.empty()) GTEST_SKIP() << kMissing;
  }
};
class ImportedFiles : public Peer {};
class ForeignOperators : public Peer {};
class OptimisedFiles : public Peer, public ::testing::WithParamInterface<NamedNetwork> {};

/// Our runtime and ONNX Runtime, as deployed and unoptimised, on one file.
void expect_same(const std::string& file, const Tensor& input, double codes) {
  const auto peer = run_in_peer(file, input);
  ASSERT_TRUE(peer.has_value()) << peer.error().message;
  const auto ours = run_file(file, input);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  double apart = codes_apart(*ours, peer->disabled);
  // Products of codes saturate in ONNX Runtime without VNNI, unless its optimiser makes their weights unsigned.
  if (!runtime_info().int8_exact) apart = std::min(apart, codes_apart(*ours, peer->optimized));
  EXPECT_LE(apart, codes) << "ONNX Runtime's own optimised run is " << codes_apart(peer->optimized, peer->disabled)
                          << " away";
}

/// ONNX Runtime's optimiser writes what its quantizer would: QLinear operators, its own among them.
TEST_P(OptimisedFiles, RunInIntegersHereToo) {
  const auto net = quantized_network(GetParam().build(), Preset::Mixed);
  const auto model = exported(net.graph, net.q, {}, RevertMode::Full, {});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const auto peer = run_in_peer(model->bytes, net.input);
  ASSERT_TRUE(peer.has_value()) << peer.error().message;
  const auto graph = loaded(peer->model);
  const auto fused = std::find_if(peer->nodes.begin(), peer->nodes.end(),
                                  [](const auto& node) { return node.op == "FusedGemm" || node.op == "FusedMatMul"; });
  if (!graph && fused != peer->nodes.end()) GTEST_SKIP() << "has a float operator of its own: " << fused->op;
  ASSERT_TRUE(graph.has_value()) << graph.error().message;
  const auto network = imported(*graph);
  ASSERT_TRUE(network.has_value()) << network.error().message;
  std::size_t layers = 0;
  for (const auto& [name, layer] : network->quantization.layers) layers += layer.weights ? 1U : 0U;
  std::size_t wanted = 0;
  for (const auto& node : peer->nodes) {
    const bool layer = node.op == "QLinearConv" || node.op == "QGemm" || node.op == "QLinearMatMul";
    wanted += layer || node.op == "MatMulIntegerToFloat" ? 1U : 0U;
  }
  EXPECT_GT(wanted, 0U);
  EXPECT_GE(layers, wanted);
  const auto ours = run_file(peer->model, net.input);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  EXPECT_LE(codes_apart(*ours, peer->optimized), 3.0);
}

class Composed : public Peer {};

/// Functions and an If are gone once a model is loaded; what is left computes what ONNX Runtime does with them.
TEST_F(Composed, FunctionsAndBranchesComputeWhatTheyShould) {
  Tensor input = Tensor::zeros(ElementType::Float32, {3, 3, 8, 8});
  std::mt19937 random(11);
  for (auto& value : input.values<float>()) value = static_cast<float>(random() % 2001U) / 1000.0F - 1.0F;
  const auto file = composed_network().SerializeAsString();
  const auto peer = run_in_peer(file, input);
  ASSERT_TRUE(peer.has_value()) << peer.error().message;
  const auto ours = run_file(file, input);
  ASSERT_TRUE(ours.has_value()) << ours.error().message;
  ASSERT_EQ(ours->size(), peer->disabled.size());
  for (std::size_t at = 0; at < ours->size(); ++at) EXPECT_NEAR((*ours)[at], peer->disabled[at], 1e-5) << at;
}

/// x [N,4,3,3] in double: `op` is applied to it, and then the mean over the spatial axes is taken.
std::string in_double(const std::function<std::string(GraphBuilder&, const std::string&)>& op) {
  constexpr std::int64_t kDouble = 11, kFloat = 1;  // as ONNX numbers element types
  GraphBuilder b;
  const auto x = b.node("Cast", "wide", {b.input("x", {-1, 4, 3, 3})}, {{"to", kDouble}});
  const auto mean = b.node("ReduceMean", "mean", {op(b, x)}, {{"axes", Ints{2, 3}}, {"keepdims", std::int64_t{0}}});
  b.output(b.node("Cast", "narrow", {mean}, {{"to", kFloat}}), {-1, 4});
  return onnx_model(b.graph()).SerializeAsString();
}

/// Neither fused, nor folded, nor pooled as float32 is.
TEST_F(Composed, OtherFloatsComputeWhatTheyShould) {
  const auto doubles = [](GraphBuilder& b, const std::string& name, const std::vector<double>& values) {
    return b.constant(name, shared_tensor<double>({static_cast<std::int64_t>(values.size())}, values));
  };
  const std::vector<std::string> files{
      in_double([&](GraphBuilder& b, const std::string& x) {
        return b.node("Relu", "relu", {b.node("Add", "add", {x, doubles(b, "one", {-0.1})})});
      }),
      in_double([&](GraphBuilder& b, const std::string& x) {
        const auto low = b.constant("low", shared_tensor<double>({}, {-0.2}));
        const auto high = b.constant("high", shared_tensor<double>({}, {0.3}));
        return b.node("Clip", "clip", {b.node("Add", "add", {x, doubles(b, "one", {-0.1})}), low, high});
      }),
      in_double([&](GraphBuilder& b, const std::string& x) {
        return b.node("BatchNormalization", "norm",
                      {x, doubles(b, "s", {1, 2, 3, 4}), doubles(b, "b", {0, 1, 0, -1}),
                       doubles(b, "m", {0.1, 0.2, -0.3, 0}), doubles(b, "v", {1, 0.5, 2, 3})});
      })};
  Tensor input = Tensor::zeros(ElementType::Float32, {3, 4, 3, 3});
  std::mt19937 random(12);
  for (auto& value : input.values<float>()) value = static_cast<float>(random() % 2001U) / 1000.0F - 1.0F;
  for (const auto& file : files) {
    const auto peer = run_in_peer(file, input);
    ASSERT_TRUE(peer.has_value()) << peer.error().message;
    const auto ours = run_file(file, input);
    ASSERT_TRUE(ours.has_value()) << ours.error().message;
    ASSERT_EQ(ours->size(), peer->disabled.size());
    for (std::size_t at = 0; at < ours->size(); ++at) EXPECT_NEAR((*ours)[at], peer->disabled[at], 1e-6) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Moves, OptimisedFiles, ::testing::ValuesIn(networks_of_moves()),
                         [](const auto& network) { return network.param.name; });
INSTANTIATE_TEST_SUITE_P(Networks, OptimisedFiles, ::testing::ValuesIn(networks()),
                         [](const auto& network) { return network.param.name; });

std::vector<QdqStyle> styles() {
  std::vector<QdqStyle> styles;
  for (const auto bias : {Bias::Int32, Bias::None, Bias::Float}) {
    for (const bool per_channel : {true, false}) {
      QdqStyle style;
      style.bias = bias;
      style.per_channel = per_channel;
      styles.push_back(style);
      style.activations = ElementType::Int8;
      styles.push_back(style);
      style.asymmetric_activations = false;
      styles.push_back(style);
      style.activations = ElementType::Uint8;
      style.weights = ElementType::Uint8;
      style.weight_zero = per_channel ? 128 : 117;
      styles.push_back(style);
    }
  }
  return styles;
}

/// Two convolutions around a shortcut, a pool and a classifier.
void build_residual(QdqNetwork& net) {
  const std::map<std::string, Attribute> same{{"pads", Ints{1, 1, 1, 1}}};
  const auto x = net.pair(net.input("x", {2, 8, 8, 8}));
  const auto a = net.pair(net.node("Relu", "relu_a", {net.layer("Conv", "a", x, {8, 8, 3, 3}, 0, same)}));
  const auto b = net.pair(net.layer("Conv", "b", a, {8, 8, 3, 3}, 0, same));
  const auto sum = net.pair(net.node("Relu", "relu", {net.node("Add", "sum", {a, b})}));
  const auto pooled = net.pair(net.node("GlobalAveragePool", "pool", {sum}));
  const auto flat = net.node("Flatten", "flat", {pooled});
  net.output(net.layer("Gemm", "fc", flat, {8, 5}, 1));
}

TEST_F(ImportedFiles, OfEveryStyleAreTheSameNetwork) {
  std::uint32_t seed = 0;
  for (const auto& style : styles()) {
    SCOPED_TRACE(++seed);
    QdqNetwork net(style, seed);
    build_residual(net);
    expect_same(file_of(net.graph()), net.inputs().at("x"), 2.0);
  }
}

/// A residual addition behind a layer, which is its left or its right operand: the same codes, even halfway ones.
TEST_F(ImportedFiles, OfShortcutsAreTheSameCodes) {
  for (std::uint32_t seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    QdqNetwork net({}, seed);
    const auto x = net.pair(net.input("x", {1, 32, 24, 24}));
    const auto a = net.pair(net.layer("Conv", "a", x, {32, 32, 1, 1}, 0));
    const auto sum = net.node("Add", "sum", seed % 2 == 0 ? std::vector{a, x} : std::vector{x, a});
    net.output(net.pair(seed % 3 == 0 ? net.node("Relu", "relu", {sum}) : sum));
    const auto file = file_of(net.graph());
    const auto peer = run_in_peer(file, net.inputs().at("x"));
    ASSERT_TRUE(peer.has_value()) << peer.error().message;
    const auto ours = run_file(file, net.inputs().at("x"));
    ASSERT_TRUE(ours.has_value()) << ours.error().message;
    EXPECT_LE(codes_apart(*ours, peer->optimized), 0.01);
  }
}

TEST_F(ImportedFiles, OfRandomNetworksAreTheSameNetwork) {
  for (std::uint32_t seed = 500; seed < 540; ++seed) {
    SCOPED_TRACE(seed);
    auto net = random_qdq(seed, false);
    expect_same(file_of(net.graph()), net.inputs().at("x"), 1.0);
  }
}

TEST_F(ImportedFiles, OfEveryOpsetAreTheSameNetwork) {
  for (std::int64_t opset = 10; opset <= 25; ++opset) {
    SCOPED_TRACE(opset);
    QdqNetwork net({.per_channel = false}, 7);
    build_residual(net);
    const bool per_axis = opset >= 13;
    for (auto& node : net.graph().nodes) {
      if (!per_axis) node.attributes.erase("axis");
    }
    const std::int64_t ir = opset <= 14 ? 7 : opset <= 18 ? 8 : opset <= 20 ? 9 : opset <= 22 ? 10 : opset - 12;
    expect_same(file_of(net.graph(), {opset, ir}), net.inputs().at("x"), 2.0);
  }
}

TEST_F(ImportedFiles, QuantizedAsTheyGoAreTheSameNetwork) {
  QdqNetwork net({});
  const auto layer = [&](const std::string& name, const std::string& x, std::int64_t from, std::int64_t to) {
    net.dynamic(name, x);
    std::vector<std::int8_t> codes(static_cast<std::size_t>(from * to));
    for (auto& code : codes) code = static_cast<std::int8_t>(net.random().integer(-127, 127));
    const auto w = net.constant(name + "_w", Tensor::of<std::int8_t>({from, to}, codes));
    const auto sums = net.node("MatMulInteger", name + "_sums",
                               {name, w, name + "_zero", net.scalar(name + "_w_zero", std::int8_t{0})});
    const auto scale = net.node("Mul", name + "_scales", {name + "_scale", net.scalar(name + "_w_scale", 0.002F)});
    const auto reals = net.node("Cast", name + "_reals", {sums}, {{"to", std::int64_t{1}}});
    const auto b = net.constant(name + "_b", Tensor::of<float>({to}, net.random().reals(static_cast<std::size_t>(to))));
    return net.node("Add", name + "_out", {net.node("Mul", name + "_scaled", {reals, scale}), b});
  };
  const auto hidden = net.node("Relu", "relu", {layer("first", net.input("x", {2, 7, 48}), 48, 64)});
  net.output(layer("second", hidden, 64, 10));
  expect_same(file_of(net.graph()), net.inputs().at("x"), 0.5);
}

/// x -> codes -> the operator on codes -> dequantized, where `x` takes all of the codes' range.
class OneOperator {
 public:
  explicit OneOperator(Shape shape) : net_({}), x_(net_.input("x", shape)) {
    x_params_ = net_.parameters(x_);
    codes_ = net_.quantize(x_, x_params_);
  }

  /// Inputs of the operator: codes, scale, zero point.
  std::vector<std::string> operand() const { return {codes_, x_params_[0], x_params_[1]}; }
  std::vector<std::string> result(float scale, std::uint8_t zero) {
    result_ = {net_.scalar("y_scale", scale), net_.scalar("y_zero", zero)};
    return result_;
  }
  std::string constant(const std::string& name, const Tensor& tensor) { return net_.constant(name, tensor); }
  QdqNetwork& net() { return net_; }

  /// The file, with `op` in ONNX Runtime's domain; its result is dequantized unless it is float.
  std::string file(const std::string& op, std::vector<std::string> inputs,
                   std::map<std::string, Attribute> attributes = {}) {
    auto& graph = net_.graph();
    graph.nodes.push_back({"op", op, std::move(inputs), {"y"}, std::move(attributes), {}});
    std::string last = "y";
    if (!result_.empty()) {
      graph.nodes.push_back({"d", "DequantizeLinear", {"y", result_[0], result_[1]}, {"out"}, {}, {}});
      last = "out";
    }
    graph.outputs.push_back({last, ElementType::Float32, {}, {}});
    return file_of(graph, {13, 8, {op}});
  }
  [[nodiscard]] const Tensor& input() const { return net_.inputs().at("x"); }

 private:
  QdqNetwork net_;
  std::string x_;
  std::vector<std::string> x_params_{};
  std::string codes_{};
  std::vector<std::string> result_{};
};

std::vector<std::string> joined(std::vector<std::vector<std::string>> parts) {
  std::vector<std::string> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// A step of the result's codes, in those of codes_apart(): spans differ.
constexpr double kOneCode = 1.1;

TEST_F(ForeignOperators, Arithmetic) {
  for (const auto* op : {"QLinearAdd", "QLinearMul"}) {
    SCOPED_TRACE(op);
    OneOperator one({2, 6, 4, 4});
    const auto b = one.constant("b", Tensor::of<std::uint8_t>({6, 1, 1}, one.net().random().codes(6)));
    const std::vector<std::string> other{b, one.net().scalar("b_scale", 0.02F),
                                         one.net().scalar("b_zero", std::uint8_t{90})};
    expect_same(one.file(op, joined({one.operand(), other, one.result(0.04F, 120)})), one.input(), kOneCode);
  }
}

/// Scales in simple ratios: many results lie halfway between two codes.
TEST_F(ForeignOperators, ArithmeticToTheLastCode) {
  const std::array<float, 4> ratios{1.0F, 0.5F, 0.8F, 1.0371F};
  int round = 0;
  for (const auto* op : {"QLinearAdd", "QLinearMul"}) {
    for (const Shape& shape : {Shape{256, 256}, Shape{256, 256}, Shape{}}) {
      for (const float ratio : ratios) {
        SCOPED_TRACE(++round);
        OneOperator one({256, 256});
        auto& net = one.net();
        const float scale = net.params().scale;
        const bool adds = op == std::string("QLinearAdd");
        const auto zero = [&] { return static_cast<std::uint8_t>(net.random().integer(0, 255)); };
        const auto count = static_cast<std::size_t>(element_count(shape));
        const std::vector<std::string> b{one.constant("b", Tensor::of<std::uint8_t>(shape, net.random().codes(count))),
                                         net.scalar("b_scale", adds ? ratio * scale : ratio),
                                         net.scalar("b_zero", zero())};
        const auto y = one.result((adds ? 2.0F : 127.0F) * scale, zero());
        const auto inputs = round % 2 == 0 ? joined({one.operand(), b, y}) : joined({b, one.operand(), y});
        expect_same(one.file(op, inputs), one.input(), 0.01);
      }
    }
  }
}

TEST_F(ForeignOperators, Functions) {
  const std::map<std::string, Attribute> slope{{"alpha", 0.2F}};
  OneOperator leaky({2, 6, 4, 4});
  expect_same(leaky.file("QLinearLeakyRelu", joined({leaky.operand(), leaky.result(0.02F, 60)}), slope), leaky.input(),
              kOneCode);
  OneOperator sigmoid({2, 6, 4, 4});
  expect_same(sigmoid.file("QLinearSigmoid", joined({sigmoid.operand(), sigmoid.result(1.0F / 256.0F, 0)})),
              sigmoid.input(), kOneCode);
  for (const std::int64_t opset : {11, 13}) {
    for (const std::int64_t axis : {1, 2, -1}) {
      SCOPED_TRACE(opset * 100 + axis);
      OneOperator softmax({2, 6, 4});
      expect_same(softmax.file("QLinearSoftmax", joined({softmax.operand(), softmax.result(1.0F / 256.0F, 0)}),
                               {{"axis", axis}, {"opset", opset}}),
                  softmax.input(), 2.0 * kOneCode);
    }
  }
}

TEST_F(ForeignOperators, PoolsAndConcat) {
  OneOperator all({2, 6, 4, 4});
  expect_same(all.file("QLinearGlobalAveragePool", joined({all.operand(), all.result(0.01F, 128)}),
                       {{"channels_last", std::int64_t{0}}}),
              all.input(), kOneCode);
  OneOperator mean({2, 6, 5, 5});
  expect_same(mean.file("QLinearAveragePool", joined({mean.operand(), mean.result(0.02F, 128)}),
                        {{"kernel_shape", Ints{3, 3}},
                         {"strides", Ints{2, 2}},
                         {"pads", Ints{1, 1, 1, 1}},
                         {"channels_last", std::int64_t{0}}}),
              mean.input(), kOneCode);
  OneOperator concat({2, 6, 4, 4});
  expect_same(concat.file("QLinearConcat", joined({concat.result(0.03F, 110), concat.operand(), concat.operand()}),
                          {{"axis", std::int64_t{1}}}),
              concat.input(), kOneCode);
}

TEST_F(ForeignOperators, Products) {
  for (const bool turned : {false, true}) {
    for (const bool to_codes : {false, true}) {
      SCOPED_TRACE(2 * int{turned} + int{to_codes});
      OneOperator one({3, 24});
      std::vector<std::int8_t> codes(240);
      for (auto& code : codes) code = static_cast<std::int8_t>(one.net().random().integer(-127, 127));
      std::vector<float> scales(10, 0.003F);
      scales[4] = 0.001F;
      std::vector<std::int32_t> bias(10, 700);
      auto inputs = joined({one.operand(),
                            {one.constant("b", Tensor::of<std::int8_t>(turned ? Shape{10, 24} : Shape{24, 10}, codes)),
                             one.constant("b_scale", Tensor::of<float>({10}, scales)),
                             one.constant("b_zero", Tensor::zeros(ElementType::Int8, {10})),
                             one.constant("c", Tensor::of<std::int32_t>({10}, bias))}});
      if (to_codes) inputs = joined({inputs, one.result(0.05F, 128)});
      expect_same(one.file("QGemm", inputs, {{"transB", std::int64_t{turned}}, {"alpha", 1.0F}}), one.input(),
                  kOneCode);
    }
  }
}

TEST_F(ForeignOperators, ProductsOfFloats) {
  OneOperator one({3, 24});
  std::vector<std::int8_t> codes(240);
  for (auto& code : codes) code = static_cast<std::int8_t>(one.net().random().integer(-127, 127));
  const auto b = one.constant("b", Tensor::of<std::int8_t>({24, 10}, codes));
  const auto scale = one.net().scalar("b_scale", 0.003F);
  const auto zero = one.net().scalar("b_zero", std::int8_t{0});
  const auto bias = one.constant("bias", Tensor::of<float>({10}, one.net().random().reals(10)));
  auto dynamic = one;
  expect_same(dynamic.file("DynamicQuantizeMatMul", {"x", b, scale, zero, bias}), one.input(), 0.1);
  const auto a = one.operand();
  expect_same(one.file("MatMulIntegerToFloat", {a[0], b, a[1], scale, a[2], zero, bias}), one.input(), 0.1);
}

}  // namespace
}  // namespace quantrail::testing
