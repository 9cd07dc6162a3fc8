#include "quantize/patterns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quantize/placed.h"

namespace quantrail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Placed;
using testing::SmallNetwork;

/// `op` of a value and a constant, in this order; `first` puts the constant first.
std::string with_constant(SmallNetwork& net, const std::string& name, const std::string& op, const std::string& value,
                          float constant, bool first = false) {
  net.scalar(name + ".constant", constant);
  const Shape shape = net.shape(value);
  std::vector<std::string> in{value, name + ".constant"};
  if (first) std::swap(in[0], in[1]);
  return net.add({name, op, std::move(in), {}, {}, {}}, shape);
}

std::string reduced(SmallNetwork& net, const std::string& name, const std::string& op, const std::string& value) {
  Shape shape = net.shape(value);
  shape.back() = 1;
  net.integers(name + ".axes", {-1});
  return net.add({name, op, {value, name + ".axes"}, {}, {}, {}}, shape);
}

std::string reshaped(SmallNetwork& net, const std::string& name, const std::string& value, const Shape& shape) {
  net.integers(name + ".shape", shape);
  return net.add({name, "Reshape", {value, name + ".shape"}, {}, {}, {}}, shape);
}

/// A network that gates a convolution's result, of [1,4,8,8], by what `branch` makes of its mean, of [1,4,1,1].
template <class Branch>
SmallNetwork gated(Branch branch) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto mean = net.add({"gap", "ReduceMean", {v}, {}, {}, {}}, {1, 4, 1, 1});
  net.output(net.conv("c2", net.same("scale", "Mul", {v, branch(net, mean)})));
  return net;
}

std::string excited(SmallNetwork& net, const std::string& hidden) {
  return net.same("gate", "Sigmoid", {net.conv("excite", hidden, {.channels = 4, .kernel = 1})});
}

std::string squeezed(SmallNetwork& net, const std::string& mean) {
  return net.conv("squeeze", mean, {.channels = 2, .kernel = 1});
}

void expect_squeeze_excite(const SmallNetwork& net, const std::string& what) {
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "scale", "c2")) << what;
  EXPECT_THAT(p.reason("squeeze"), HasSubstr("squeeze-and-excitation")) << what;
  EXPECT_THAT(p.reason("excite"), HasSubstr("squeeze-and-excitation")) << what;
}

TEST(SqueezeAndExcite, StaysFloatWithAnyActivation) {
  for (const auto* op : {"Relu", "PRelu", "HardSwish", "LeakyRelu"}) {
    expect_squeeze_excite(gated([op](SmallNetwork& net, const std::string& mean) {
                            return excited(net, net.same("act", op, {squeezed(net, mean)}));
                          }),
                          op);
  }
  expect_squeeze_excite(gated([](SmallNetwork& net, const std::string& mean) {
                          const auto v = squeezed(net, mean);
                          return excited(net, net.same("swish", "Mul", {v, net.same("sigmoid", "Sigmoid", {v})}));
                        }),
                        "x * sigmoid(x)");
  expect_squeeze_excite(
      gated([](SmallNetwork& net, const std::string& mean) {
        const auto v = squeezed(net, mean);
        const auto gate = net.clip("clip", with_constant(net, "shift", "Add", v, 3.0F), 0.0F, 6.0F);
        return excited(net, with_constant(net, "sixth", "Div", net.same("m", "Mul", {v, gate}), 6.0F));
      }),
      "decomposed hard-swish");
}

TEST(SqueezeAndExcite, StaysFloatWithAnyGate) {
  const auto before_gate = [](SmallNetwork& net, const std::string& mean) {
    return net.conv("excite", net.relu("r", squeezed(net, mean)), {.channels = 4, .kernel = 1});
  };
  expect_squeeze_excite(gated([&](SmallNetwork& net, const std::string& mean) {
                          return net.same("gate", "HardSigmoid", {before_gate(net, mean)});
                        }),
                        "HardSigmoid");
  expect_squeeze_excite(gated([&](SmallNetwork& net, const std::string& mean) {
                          const auto sum = with_constant(net, "shift", "Add", before_gate(net, mean), 3.0F);
                          return with_constant(net, "sixth", "Mul", net.clip("clip", sum, 0.0F, 6.0F), 1.0F / 6.0F);
                        }),
                        "decomposed hard sigmoid");
}

TEST(SqueezeAndExcite, StaysFloatOfGemmAndOfMatMul) {
  expect_squeeze_excite(gated([](SmallNetwork& net, const std::string& mean) {
                          const auto v = net.relu("r", net.gemm("squeeze", net.flatten("flat", mean), 2));
                          const auto gate = net.same("gate", "Sigmoid", {net.gemm("excite", v, 4)});
                          return reshaped(net, "shape", gate, {1, 4, 1, 1});
                        }),
                        "Gemm");
  expect_squeeze_excite(gated([](SmallNetwork& net, const std::string& mean) {
                          const auto v = net.matmul("squeeze", reshaped(net, "flat", mean, {1, 1, 4}), 2);
                          const auto w = net.relu("r", with_constant(net, "bias", "Add", v, 0.5F));
                          const auto sum = with_constant(net, "bias2", "Add", net.matmul("excite", w, 4), 0.5F);
                          return reshaped(net, "shape", net.same("gate", "Sigmoid", {sum}), {1, 4, 1, 1});
                        }),
                        "MatMul and Add");
}

TEST(SqueezeAndExcite, IsNotWhatHasNoMean) {
  SmallNetwork net;
  const auto v = net.relu("r1", net.conv("c1", "x"));
  auto gate = net.relu("r", net.conv("a", v, {.channels = 2, .kernel = 1}));
  gate = net.same("gate", "Sigmoid", {net.conv("b", gate, {.channels = 4, .kernel = 1})});
  net.output(net.conv("c2", net.same("scale", "Mul", {v, gate})));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("c1", "a", "b", "scale", "c2"));
}

/// A function of a convolution's result between two convolutions: none of its nodes may be an integer layer.
template <class Function>
Placed between_convolutions(Function function) {
  SmallNetwork net;
  net.output(net.conv("c2", function(net, net.conv("c1", "x"))));
  return Placed(net);
}

TEST(HardSwish, StaysFloatInAllItsForms) {
  const auto shifted = [](SmallNetwork& net, const std::string& v) {
    return net.clip("clip", with_constant(net, "shift", "Add", v, 3.0F), 0.0F, 6.0F);
  };
  const std::vector<std::function<std::string(SmallNetwork&, const std::string&)>> forms{
      [&](auto& net, const auto& v) {
        return with_constant(net, "sixth", "Div", net.same("mul", "Mul", {v, shifted(net, v)}), 6.0F);
      },
      [&](auto& net, const auto& v) {
        return net.same("mul", "Mul", {v, with_constant(net, "sixth", "Div", shifted(net, v), 6.0F)});
      },
      [&](auto& net, const auto& v) {
        return net.same("mul", "Mul", {with_constant(net, "sixth", "Mul", shifted(net, v), 1.0F / 6.0F), v});
      },
      [&](auto& net, const auto& v) {
        return net.same("mul", "Mul", {with_constant(net, "sixth", "Mul", v, 1.0F / 6.0F), shifted(net, v)});
      },
      [&](auto& net, const auto& v) {
        return net.same("mul", "Mul", {v, net.same("gate", "HardSigmoid", {v})});
      },
      [&](auto& net, const auto& v) {
        const auto most =
            with_constant(net, "min", "Min", net.relu("r", with_constant(net, "a", "Add", v, 3.0F)), 6.0F);
        return net.same("mul", "Mul", {v, most});
      },
      [&](auto& net, const auto& v) {  // as equalized channels leave it: the gate reads what it read before
        const auto before = with_constant(net, "unscaled", "Mul", v, 0.5F);
        return net.same("mul", "Mul", {v, net.same("gate", "HardSigmoid", {before})});
      },
  };
  for (std::size_t form = 0; form < forms.size(); ++form) {
    const auto p = between_convolutions(forms[form]);
    EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2")) << "form " << form;
    EXPECT_THAT(p.reason("mul"), HasSubstr("hard-swish")) << "form " << form;
  }
}

TEST(HardSwish, IsNotAGateOfAnotherValue) {
  SmallNetwork net;
  const auto v = net.conv("c1", "x");
  net.output(net.conv("c2", net.same("mul", "Mul", {v, net.same("gate", "HardSigmoid", {net.conv("b", "x")})})));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("c1", "b", "mul", "c2"));
}

TEST(Gelu, StaysFloatInAllItsForms) {
  const auto bell = [](SmallNetwork& net, const std::string& v) {
    const auto erf = net.same("erf", "Erf", {with_constant(net, "root", "Div", v, 1.41421356F)});
    return with_constant(net, "one", "Add", erf, 1.0F);
  };
  const auto half_last = between_convolutions([&](auto& net, const auto& v) {
    return with_constant(net, "half", "Mul", net.same("mul", "Mul", {v, bell(net, v)}), 0.5F);
  });
  const auto half_first = between_convolutions([&](auto& net, const auto& v) {
    return net.same("mul", "Mul", {with_constant(net, "half", "Mul", v, 0.5F), bell(net, v)});
  });
  const auto by_tanh = between_convolutions([](auto& net, const auto& v) {
    const auto cube = net.same("cube", "Mul", {net.same("square", "Mul", {v, v}), v});
    const auto sum = net.same("sum", "Add", {v, with_constant(net, "scale", "Mul", cube, 0.044715F)});
    const auto curve = net.same("tanh", "Tanh", {with_constant(net, "root", "Mul", sum, 0.7978846F)});
    return net.same("mul", "Mul", {v, with_constant(net, "one", "Add", curve, 1.0F)});
  });
  for (const auto* p : {&half_last, &half_first, &by_tanh}) {
    EXPECT_THAT(p->at(Place::Integer), ElementsAre("c1", "c2"));
    EXPECT_THAT(p->reason("mul"), HasSubstr("Gelu"));
  }
  EXPECT_THAT(by_tanh.reason("square"), HasSubstr("Gelu"));
  EXPECT_THAT(by_tanh.reason("sum"), HasSubstr("Gelu"));
}

TEST(Normalisation, RootMeanSquareStaysFloat) {
  const auto squared = [](SmallNetwork& net, const std::string& v) {
    return with_constant(net, "eps", "Add", reduced(net, "mean", "ReduceMean", net.same("square", "Mul", {v, v})),
                         1e-5F);
  };
  const std::vector<std::function<std::string(SmallNetwork&, const std::string&)>> inverses{
      [](auto& net, const auto& m) { return net.same("inverse", "Reciprocal", {net.same("root", "Sqrt", {m})}); },
      [](auto& net, const auto& m) {
        return with_constant(net, "inverse", "Div", net.same("root", "Sqrt", {m}), 1.0F, true);
      },
      [](auto& net, const auto& m) { return with_constant(net, "inverse", "Pow", m, -0.5F); },
  };
  for (std::size_t form = 0; form < inverses.size(); ++form) {
    const auto p = between_convolutions([&](auto& net, const auto& v) {
      return with_constant(net, "gain", "Mul", net.same("mul", "Mul", {v, inverses[form](net, squared(net, v))}), 2.0F);
    });
    EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2")) << "form " << form;
    EXPECT_THAT(p.reason("square"), HasSubstr("normalisation")) << "form " << form;
    EXPECT_THAT(p.reason("mul"), HasSubstr("normalisation")) << "form " << form;
  }
}

TEST(Normalisation, OfALayerStaysFloatBehindAResidualAddition) {
  SmallNetwork net({1, 4, 8});
  const auto a = net.matmul("a", "x", 8);
  const auto sum = net.same("sum", "Add", {a, net.matmul("b", a, 8)});
  const auto centred = net.same("centred", "Sub", {sum, reduced(net, "mean", "ReduceMean", sum)});
  auto spread = reduced(net, "variance", "ReduceMean", with_constant(net, "square", "Pow", centred, 2.0F));
  spread = net.same("root", "Sqrt", {with_constant(net, "eps", "Add", spread, 1e-5F)});
  auto v = net.same("divided", "Div", {centred, spread});
  v = with_constant(net, "offset", "Add", with_constant(net, "gain", "Mul", v, 2.0F), 1.0F);
  net.output(net.matmul("c", v, 8));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("a", "b", "sum", "c"));
  EXPECT_THAT(p.reason("gain"), HasSubstr("with a constant"));
  EXPECT_THAT(p.shared("offset:0"), ElementsAre("offset:0")) << "codes begin behind the normalisation";
  EXPECT_THAT(p.shared("centred:0"), IsEmpty());
}

TEST(Normalisation, OfAnInstanceKeepsItsMeanInFloat) {
  const auto p = between_convolutions([](auto& net, const auto& v) {
    const auto centred = net.same("centred", "Sub", {v, net.global_average_pool("mean", v)});
    const auto square = net.global_average_pool("variance", net.same("square", "Mul", {centred, centred}));
    return net.same("divided", "Div", {centred, net.same("root", "Sqrt", {square})});
  });
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(p.reason("mean"), HasSubstr("normalisation"));
}

TEST(Normalisation, ProductWithAUnitVectorStaysFloat) {
  SmallNetwork net;
  const auto v = net.conv("c1", "x");
  net.output(net.conv("c2", net.same("mul", "Mul", {v, net.same("unit", "LpNormalization", {v})})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(p.reason("mul"), HasSubstr("normalisation"));
}

TEST(Softmax, DecomposedStaysFloat) {
  const auto divided = between_convolutions([](auto& net, const auto& v) {
    const auto e = net.same("exp", "Exp", {v});
    return net.same("share", "Div", {e, reduced(net, "sum", "ReduceSum", e)});
  });
  const auto multiplied = between_convolutions([](auto& net, const auto& v) {
    const auto e = net.same("exp", "Exp", {v});
    const auto inverse = with_constant(net, "inverse", "Pow", reduced(net, "sum", "ReduceSum", e), -1.0F);
    return net.same("share", "Mul", {e, inverse});
  });
  EXPECT_THAT(divided.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(divided.reason("share"), HasSubstr("no integer kernel for Div"));
  EXPECT_THAT(multiplied.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_THAT(multiplied.reason("share"), HasSubstr("normalisation"));
}

TEST(Attention, ProductsOfActivationsStayFloat) {
  SmallNetwork net({1, 8, 8});
  const auto q = net.matmul("q", "x", 8);
  const auto scores = net.same("scores", "MatMul", {q, net.matmul("k", "x", 8)});
  const auto masked = with_constant(net, "mask", "Add", with_constant(net, "scale", "Div", scores, 8.0F), 1.0F);
  const auto mixed = net.same("mixed", "MatMul", {net.same("softmax", "Softmax", {masked}), net.matmul("v", "x", 8)});
  net.output(net.matmul("o", mixed, 8));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("q", "k", "v", "o"));
  EXPECT_EQ(p.reason("mixed"), "both operands are computed; int8 needs constant weights");
}

TEST(InputNormalisation, StaysFloatSoThatCodesBeginBehindIt) {
  SmallNetwork net({1, 8, 8, 3});
  net.integers("reversed.shape", {1, 3, 8, 8});
  auto v = net.add({"transpose", "Transpose", {"x"}, {}, {{"perm", std::vector<std::int64_t>{0, 3, 1, 2}}}, {}},
                   {1, 3, 8, 8});
  const auto channels = net.split("split", v, 3);
  v = net.concat("reverse", {channels[2], channels[1], channels[0]});
  v = with_constant(net, "shift", "Sub", v, 0.5F);
  v = with_constant(net, "offset", "Add", with_constant(net, "scale", "Mul", v, 2.0F), 0.1F);
  net.output(net.conv("c1", v));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1"));
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
  EXPECT_THAT(p.shared("offset:0"), ElementsAre("offset:0"));
}

TEST(InputNormalisation, OfNothingButAChannelReversalMovesCodes) {
  SmallNetwork net;
  const auto channels = net.split("split", "x", 3);
  net.output(net.conv("c1", net.concat("reverse", {channels[2], channels[1], channels[0]})));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), ElementsAre("split", "reverse"));
  EXPECT_THAT(p.shared("x"), ElementsAre("reverse:0", "split:0", "split:1", "split:2", "x"));
}

TEST(ScaleAndShift, BehindAnActivationStaysFloat) {
  const auto p = between_convolutions([](auto& net, const auto& v) {
    return with_constant(net, "shift", "Add", with_constant(net, "scale", "Mul", net.relu("r", v), 2.0F), 1.0F);
  });
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("c1", "c2"));
  EXPECT_EQ(p.reason("scale"), "Mul with a constant: little work in float");
}

TEST(ScaleAndShift, OfAFullyConnectedLayerSeenAsAnImageStaysFloat) {
  SmallNetwork net({1, 8});
  auto v = net.gemm("a", "x", 6);
  net.integers("axes", {2});
  v = net.add({"up", "Unsqueeze", {v, "axes"}, {}, {}, {}}, {1, 6, 1});
  v = with_constant(net, "shift", "Add", with_constant(net, "scale", "Mul", v, 2.0F), 1.0F);
  v = net.add({"down", "Squeeze", {v, "axes"}, {}, {}, {}}, {1, 6});
  net.output(net.gemm("b", v, 4));
  EXPECT_THAT(Placed(net).at(Place::Integer), ElementsAre("a", "b"));
}

TEST(Selection, KeepsBoxesAndScoresBeforeNonMaxSuppressionInFloat) {
  SmallNetwork net;
  const auto a = net.conv("a", "x");
  const auto b = net.conv("b", "x");
  const auto boxes = net.same("boxes", "Mul", {a, b});
  net.output(net.same("nms", "NonMaxSuppression", {boxes, net.same("scores", "Add", {a, b})}));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Integer), ElementsAre("a", "b"));
  EXPECT_THAT(p.reason("boxes"), HasSubstr("leads to NonMaxSuppression"));
  EXPECT_THAT(p.reason("scores"), HasSubstr("leads to NonMaxSuppression"));
  EXPECT_THAT(p.shared("a:0"), IsEmpty()) << "what boxes are made of is compared too";
}

TEST(Selection, MovesWhatItComparesAsFloats) {
  SmallNetwork net;
  const auto a = net.relu("r", net.conv("a", "x"));
  net.output(net.same("top", "TopK", {reshaped(net, "flat", a, {1, 256})}));
  net.output(net.conv("b", a));
  const Placed p(net);
  EXPECT_THAT(p.at(Place::Passthrough), IsEmpty());
  EXPECT_THAT(p.reason("flat"), HasSubstr("leads to TopK"));
  EXPECT_THAT(p.shared("r:0"), ElementsAre("r:0")) << "another layer reads it as codes";
}

}  // namespace
}  // namespace quantrail
