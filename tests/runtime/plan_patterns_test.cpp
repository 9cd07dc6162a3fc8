// Functions that exporters write as several nodes, and what follows matrix products.
#include <gmock/gmock.h>

#include "model/product_bias.h"
#include "runtime/kernels_normalise.h"
#include "runtime/plan_check.h"

namespace quantrail::testing {
namespace {

using Ints = std::vector<std::int64_t>;

class PatternNetwork : public Network {
 public:
  using Network::Network;

  std::string number(const std::string& name, float value) { return constant(name, Tensor::of<float>({}, {{value}})); }

  /// What comes behind `x`: 1 + erf(x / sqrt(2)), with the root as a factor or divisor.
  std::string gate(const std::string& x, bool divides, float root = 1.41421356F) {
    const auto scaled = divides ? node("Div", "scaled", {x, number("root", root)})
                                : node("Mul", "scaled", {number("root", 1.0F / root), x});
    return node("Add", "gate", {node("Erf", "erf", {scaled}), number("one", 1.0F)});
  }

  /// (x - mean) / sqrt(variance + epsilon), by Pow or by Mul.
  std::string normalised(const std::string& x, bool by_power) {
    const auto d = node("Sub", "d", {x, mean("mean", x)});
    const auto square = by_power ? node("Pow", "square", {d, number("two", 2.0F)}) : node("Mul", "square", {d, d});
    const auto sum = node("Add", "sum", {mean("variance", square), number("epsilon", 1e-5F)});
    return node("Div", "unit", {d, node("Sqrt", "root", {sum})});
  }

  std::string affine(const std::string& unit, std::int64_t width) {
    const auto scaled = node("Mul", "by_factor", {unit, constant("factor", {width}, 1.0F)});
    return node("Add", "shifted", {constant("offset", {width}, 0.3F), scaled});
  }

 private:
  std::string mean(const std::string& name, const std::string& x) {
    if (graph().opset < 18) return node("ReduceMean", name, {x}, {{"axes", Ints{-1}}});
    return node("ReduceMean", name, {x, integers(name + "_axes", {-1})});
  }
};

std::size_t steps_of(const Graph& graph, const PlanOptions& options = {}) {
  return static_cast<const CompiledPlan&>(*plan_of(graph, options, 2)).program().steps.size();
}

TEST(PlanPatterns, GeluIsOneStepInEachFormThatExportersUse) {
  for (int form = 0; form < 4; ++form) {
    SCOPED_TRACE(form);
    PatternNetwork net(3);
    const auto x = net.input("x", {1, 5, 37});
    const auto gate = net.gate(x, form % 2 == 0);
    const auto half = net.number("half", 0.5F);
    switch (form) {
      case 0: net.output(net.node("Mul", "y", {net.node("Mul", "p", {x, gate}), half})); break;
      case 1: net.output(net.node("Mul", "y", {half, net.node("Mul", "p", {gate, x})})); break;
      case 2: net.output(net.node("Mul", "y", {net.node("Mul", "h", {x, half}), gate})); break;
      default: net.output(net.node("Mul", "y", {x, net.node("Mul", "p", {half, gate})})); break;
    }
    EXPECT_EQ(steps_of(net.graph()), 1U);
    expect_float_agrees(net, 2, 1e-6F);
  }
}

/// x + 0.044715 * x^3, times `root`, in each way that exporters write it.
std::string inside_tanh(PatternNetwork& net, const std::string& x, int form, float root) {
  const auto k = net.number("k", root);
  const auto part = net.number("part", 0.044715F);
  switch (form) {
    case 0: {  // x^3 as a power
      const auto cube = net.node("Pow", "cube", {x, net.number("three", 3.0F)});
      return net.node("Mul", "inside", {net.node("Add", "sum", {x, net.node("Mul", "m", {cube, part})}), k});
    }
    case 1: {  // x^3 as products
      const auto cube = net.node("Mul", "cube", {x, net.node("Mul", "square", {x, x})});
      return net.node("Mul", "inside", {k, net.node("Add", "sum", {x, net.node("Mul", "m", {part, cube})})});
    }
    default: {  // k * x * (1 + 0.044715 * x * x)
      const auto small = net.node("Mul", "small", {net.node("Mul", "part_of_x", {x, part}), x});
      const auto sum = net.node("Add", "sum", {small, net.number("unit", 1.0F)});
      return net.node("Mul", "inside", {net.node("Mul", "scaled", {x, k}), sum});
    }
  }
}

TEST(PlanPatterns, GeluByTanhIsOneStepInEachFormThatExportersUse) {
  for (int form = 0; form < 12; ++form) {
    SCOPED_TRACE(form);
    PatternNetwork net(3);
    const auto x = net.input("x", {1, 5, 37});
    const auto curve = net.node("Tanh", "curve", {inside_tanh(net, x, form / 4, form < 8 ? 0.7978845608F : 0.79788F)});
    const auto gate = net.node("Add", "gate", {curve, net.number("one", 1.0F)});
    const auto half = net.number("half", 0.5F);
    switch (form % 4) {
      case 0: net.output(net.node("Mul", "y", {net.node("Mul", "p", {x, gate}), half})); break;
      case 1: net.output(net.node("Mul", "y", {half, net.node("Mul", "p", {gate, x})})); break;
      case 2: net.output(net.node("Mul", "y", {net.node("Mul", "h", {x, half}), gate})); break;
      default: net.output(net.node("Mul", "y", {x, net.node("Mul", "p", {half, gate})})); break;
    }
    EXPECT_EQ(steps_of(net.graph()), 1U);
    expect_float_agrees(net, 2, 1e-6F);
  }
}

TEST(PlanPatterns, WhatOnlyLooksLikeGeluByTanhIsComputedAsItStands) {
  for (int form = 0; form < 3; ++form) {
    SCOPED_TRACE(form);
    PatternNetwork net(4);
    const auto x = net.input("x", {1, 5, 37});
    const auto other = net.input("other", {1, 5, 37});
    // Another value inside, a term of another degree, an intermediate value that is shown.
    auto inside = inside_tanh(net, form == 0 ? other : x, 1, 0.8F);
    if (form == 1) inside = net.node("Mul", "squared", {x, x});
    const auto gate = net.node("Add", "gate", {net.node("Tanh", "curve", {inside}), net.number("one", 1.0F)});
    net.output(net.node("Mul", "y", {net.node("Mul", "p", {x, gate}), net.number("half", 0.5F)}));
    if (form == 2) net.output("curve");
    EXPECT_GT(steps_of(net.graph()), 1U);
    expect_float_agrees(net, 2, 1e-6F);
  }
}

TEST(PlanPatterns, PowersByFewNumbersAreThoseOfTheDefinition) {
  for (const float exponent : {2.0F, 3.0F, 4.0F, 0.5F, -0.5F, -1.0F, 1.5F}) {
    for (const bool whole : {false, true}) {
      if (whole && exponent != std::floor(exponent)) continue;
      SCOPED_TRACE(exponent);
      PatternNetwork net(9);
      const auto x = net.node("Exp", "positive", {net.input("x", {1, 5, 37})});
      const auto by = whole ? net.integers("by", {static_cast<std::int64_t>(exponent)}) : net.number("by", exponent);
      net.output(net.node("Pow", "y", {x, by}));
      EXPECT_EQ(steps_of(net.graph()), 2U);
      expect_float_agrees(net, 2, 1e-6F);
    }
  }
}

TEST(PlanPatterns, GeluOfItsOwnOperatorRunsInBothForms) {
  for (const std::string form : {"none", "tanh"}) {
    PatternNetwork net(10);
    net.graph().opset = 20;
    net.output(net.node("Gelu", "y", {net.input("x", {1, 5, 37})}, {{"approximate", form}}));
    expect_float_agrees(net, 2, 1e-6F);
  }
}

TEST(PlanPatterns, WhatOnlyLooksLikeGeluIsComputedAsItStands) {
  for (const bool shown : {false, true}) {
    PatternNetwork net(4);
    const auto x = net.input("x", {1, 5, 37});
    const auto gate = net.gate(x, true, shown ? 1.41421356F : 1.5F);
    net.output(net.node("Mul", "y", {net.node("Mul", "p", {x, gate}), net.number("half", 0.5F)}));
    if (shown) net.output("gate");
    EXPECT_GT(steps_of(net.graph()), 1U);
    expect_float_agrees(net, 2, 1e-6F);
  }
}

TEST(PlanPatterns, NormalisationIsOneStepInEachForm) {
  for (const std::int64_t opset : {13, 18}) {
    for (int form = 0; form < 4; ++form) {
      SCOPED_TRACE(form);
      PatternNetwork net(5);
      net.graph().opset = opset;
      const auto x = net.input("x", {1, 4, 51});
      const auto unit = net.normalised(x, form % 2 == 0);
      net.output(form < 2 ? net.affine(unit, 51) : unit);
      EXPECT_EQ(steps_of(net.graph()), 1U);
      expect_float_agrees(net, 2, 1e-5F);
    }
  }
}

TEST(PlanPatterns, LayerNormalizationRunsOnTheSameKernel) {
  PatternNetwork net(6);
  net.graph().opset = 17;
  const auto x = net.input("x", {1, 4, 33});
  net.output(net.node("LayerNormalization", "y", {x, net.constant("w", {33}, 1.0F), net.constant("b", {33}, 0.5F)},
                      {{"epsilon", 1e-3F}}));
  expect_float_agrees(net, 3, 1e-5F);
}

TEST(PlanPatterns, TheSourceLivesUntilThePatternRuns) {
  PatternNetwork net(7);
  const auto x = net.node("Abs", "x", {net.input("in", {1, 4, 20})});
  const auto d = net.node("Sub", "d", {x, net.node("ReduceMean", "mean", {x}, {{"axes", Ints{-1}}})});
  // May not be written over x, although all that seems to read x comes before it.
  const auto early = net.node("Add", "early", {x, net.constant("c", {20}, 1.0F)});
  const auto variance = net.node("ReduceMean", "variance", {net.node("Mul", "square", {d, d})}, {{"axes", Ints{-1}}});
  const auto root = net.node("Sqrt", "root", {net.node("Add", "sum", {variance, net.number("epsilon", 1e-5F)})});
  net.output(net.node("Add", "y", {net.node("Div", "unit", {d, root}), early}));
  expect_float_agrees(net, 2, 1e-5F);
}

TEST(PlanPatterns, ResultsGoToCodesAndFloatsAtOnce) {
  for (const bool residual : {false, true}) {
    SCOPED_TRACE(residual);
    PatternNetwork net(8);
    const auto x = net.input("x", {1, 6, 24});
    const auto y = net.affine(net.normalised(x, true), 24);
    const auto product = net.node("MatMul", "m", {y, net.constant("w", {24, 24}, 0.2F)});
    net.output(residual ? net.node("Add", "z", {product, y}) : net.node("Relu", "z", {product}));
    const auto inputs = random_inputs(net, 2);
    const auto q = quantized(net, inputs, {"m"});
    const auto expected = expected_values(net.graph(), {&q}, inputs).at("z");
    expect_near(computed(net.graph(), {&q}, inputs), expected.values<float>(), 1e-4F);
  }
}

TEST(PlanPatterns, AddsVectorsBehindProductsExactly) {
  PatternNetwork net(9);
  const auto x = net.input("x", {1, 6, 24});
  const auto product = net.node("MatMul", "m", {x, net.constant("w", {24, 16}, 0.2F)});
  net.output(net.node("Relu", "y", {net.node("Add", "biased", {net.constant("b", {16}, 3.0F), product})}));
  EXPECT_EQ(steps_of(net.graph()), 1U);
  expect_float_agrees(net);
  const auto inputs = random_inputs(net, 2);
  auto q = quantized(net, inputs, {"m"});
  q.activations.erase("m");  // its result stays float, as placement has it
  // Without 8-bit instructions codes are made floats again first.
  const std::size_t steps = runtime_info().int8_exact ? 2 : 3;
  EXPECT_EQ(steps_of(net.graph(), {&q}), steps) << "quantize, and multiply with all that follows";
  const auto agree = [&] {
    const auto expected = expected_values(net.graph(), {&q}, inputs).at("y");
    expect_near(computed(net.graph(), {&q}, inputs), expected.values<float>(), 1e-5F);
  };
  agree();
  q.bias_edits["m"] = std::vector<float>(16, 0.7F);
  EXPECT_NE(computed(net.graph(), {&q}, inputs), computed(net.graph(), {}, inputs));
  EXPECT_EQ(steps_of(net.graph(), {&q}), steps) << "a correction is a shift of the vector";
  Graph shifted = net.graph();
  shift_addend(shifted, GraphIndex(shifted), 0, q.bias_edits["m"]);
  Quantization plain = q;
  plain.bias_edits.clear();
  EXPECT_EQ(computed(net.graph(), {&q}, inputs), computed(shifted, {&plain}, inputs));
}

TEST(PlanPatterns, ScalesProductsOfActivations) {
  for (const bool divides : {false, true}) {
    PatternNetwork net(10);
    const auto x = net.input("x", {1, 3, 6, 8});
    const auto turned = net.node("Transpose", "t", {x}, {{"perm", Ints{0, 1, 3, 2}}});
    const auto product = net.node("MatMul", "m", {x, turned});
    const auto scaled = net.node(divides ? "Div" : "Mul", "scaled", {product, net.number("eight", 2.828427F)});
    net.output(net.node("Softmax", "y", {scaled}, {{"axis", std::int64_t{-1}}}));
    EXPECT_EQ(steps_of(net.graph()), 3U);
    expect_float_agrees(net);
  }
}

TEST(NormaliseRows, KeepsNaNInItsRowAndConstantsAtTheOffset) {
  std::vector<float> rows{1.0F, std::numeric_limits<float>::quiet_NaN(), 3.0F, 2.0F, 2.0F, 2.0F, -1.0F, 0.0F, 1.0F};
  const std::vector<float> factor{2.0F, 2.0F, 2.0F};
  const std::vector<float> offset{0.5F, 0.25F, 0.125F};
  kernels::normalise_rows(rows, 3, 1e-5F, {factor, offset}, rows);
  for (std::size_t at = 0; at < 3; ++at) EXPECT_TRUE(std::isnan(rows[at]));
  EXPECT_THAT(std::vector<float>(rows.begin() + 3, rows.begin() + 6), ::testing::ElementsAreArray(offset));
  // Variance 2/3.
  EXPECT_NEAR(rows[6], -2.0 / std::sqrt(2.0 / 3 + 1e-5) + 0.5, 1e-6);
  EXPECT_NEAR(rows[8], 2.0 / std::sqrt(2.0 / 3 + 1e-5) + 0.125, 1e-6);
}

}  // namespace
}  // namespace quantrail::testing
