// Networks that quantize their activations as they go, against the plain kernels: the same bits.
#include "model/interpret.h"
#include "runtime/plan_check.h"
#include "runtime/qdq_network.h"

namespace quantrail::testing {
namespace {

/// How a product of codes is written.
struct ProductForm {
  Shape x{};
  ElementType weights = ElementType::Int8;
  int weight_zero = 0;  ///< -1: left out
  bool source_zero = true;
};

/// x -> DynamicQuantizeLinear -> MatMulInteger -> Cast -> times both scales.
QdqNetwork dynamic_product(const ProductForm& form) {
  QdqNetwork net({});
  const auto x = net.input("x", form.x);
  auto& graph = net.graph();
  net.dynamic("dynamic", x);
  Tensor weights = Tensor::zeros(form.weights, {form.x.back(), 20});
  for (auto& byte : weights.bytes) byte = static_cast<std::byte>(net.random().integer(0, 255));
  std::vector<std::string> inputs{"dynamic", net.constant("w", weights), form.source_zero ? "dynamic_zero" : ""};
  if (form.weight_zero >= 0) {
    Tensor zero = Tensor::zeros(form.weights, {});
    zero.bytes[0] = static_cast<std::byte>(form.weight_zero);
    inputs.push_back(net.constant("w_zero", zero));
  }
  const auto sums = net.node("MatMulInteger", "product", inputs);
  const auto reals = net.node("Cast", "reals", {sums}, {{"to", std::int64_t{1}}});
  const auto scale = net.node("Mul", "scale", {"dynamic_scale", net.scalar("w_scale", 0.01F)});
  net.output(net.node("Mul", "y", {reals, scale}));
  EXPECT_EQ(graph.nodes.size(), 5U);
  return net;
}

void expect_same_bits(QdqNetwork net) {
  const auto found = computed(net.graph(), {}, net.inputs());
  const auto expected = net.value("y").values<float>();
  EXPECT_EQ(kernels::bits(found), kernels::bits(expected));
}

TEST(PlanDynamic, ProductsOfCodesAreExact) {
  for (const Shape& x : {Shape{3, 64}, Shape{2, 5, 100}}) {
    for (const bool source_zero : {true, false}) {
      expect_same_bits(dynamic_product({x, ElementType::Int8, 0, source_zero}));
      expect_same_bits(dynamic_product({x, ElementType::Int8, -1, source_zero}));
      expect_same_bits(dynamic_product({x, ElementType::Int8, 5, source_zero}));
      expect_same_bits(dynamic_product({x, ElementType::Uint8, 128, source_zero}));
      expect_same_bits(dynamic_product({x, ElementType::Uint8, -1, source_zero}));
    }
  }
}

TEST(PlanDynamic, RangesOfOddTensors) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const auto& values : std::vector<std::vector<float>>{
           {0.0F, 0.0F, 0.0F}, {1.0F, 2.0F, 3.0F}, {-1.0F, -2.0F, -0.5F}, {kNan, 1.0F, -1.0F}, {1e-44F, 0.0F, 0.0F}}) {
    Network net;
    net.input("x", {1, 3});
    net.graph().nodes.push_back({"q", "DynamicQuantizeLinear", {"x"}, {"y", "scale", "zero"}, {}, {}});
    net.node("DequantizeLinear", "d", {"y", "scale", "zero"});
    net.output("d");
    const Values inputs{{"x", Tensor::of<float>({1, 3}, values)}};
    const Tensor& x = inputs.at("x");
    const Tensor* operand = &x;
    const auto parts = interpreted(net.graph().nodes[0], 13, {&operand, 1}).value();
    const std::vector<const Tensor*> operands{&parts[0], &parts[1], &parts[2]};
    const auto expected = interpreted(net.graph().nodes[1], 13, operands).value();
    EXPECT_EQ(kernels::bits(computed(net.graph(), {}, inputs)), kernels::bits(expected[0].values<float>()))
        << values[0];
  }
}

}  // namespace
}  // namespace quantrail::testing
