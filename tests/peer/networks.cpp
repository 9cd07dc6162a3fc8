#include "peer/networks.h"

namespace quantrail::testing {
namespace {

const Shape kInput{2, 3, 8, 8};

SmallNetwork chain() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x"));
  v = net.relu("r2", net.conv("c2", v));
  v = net.relu("r3", net.conv("c3", v));
  net.output(net.conv("c4", v));
  return net;
}

SmallNetwork plain_chain() {
  SmallNetwork net(kInput);
  net.output(net.conv("c4", net.conv("c3", net.conv("c2", net.conv("c1", "x")))));
  return net;
}

SmallNetwork behind_max_pool() {
  SmallNetwork net(kInput);
  auto v = net.max_pool("pool", net.relu("r1", net.conv("c1", "x")));
  v = net.relu("r2", net.conv("c2", v));
  net.output(net.conv("c3", v));
  return net;
}

SmallNetwork shared_input() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto a = net.relu("ra", net.conv("a", v));
  const auto b = net.relu("rb", net.conv("b", v, {.kernel = 1}));
  net.output(net.conv("c2", net.relu("rs", net.same("sum", "Add", {a, b}))));
  return net;
}

SmallNetwork residual() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x"));
  auto w = net.conv("c3", net.relu("r2", net.conv("c2", v)));
  v = net.relu("rs", net.same("sum", "Add", {w, v}));
  v = net.global_average_pool("gap", net.relu("r4", net.conv("c4", v)));
  net.output(net.gemm("fc", net.flatten("flat", v), 5));
  return net;
}

SmallNetwork fully_connected() {
  SmallNetwork net({2, 16});
  auto v = net.relu("r1", net.gemm("g1", "x", 12));
  v = net.relu("r2", net.gemm("g2", v, 8, false));
  net.output(net.gemm("g3", v, 4));
  return net;
}

SmallNetwork relu6() {
  SmallNetwork net(kInput);
  auto v = net.clip("k1", net.conv("c1", "x"), 0.0F, 6.0F);
  v = net.clip("k2", net.conv("c2", v), 0.0F, 0.5F);
  v = net.clip("k3", net.conv("c3", v), -0.25F, 0.25F);
  net.output(net.conv("c4", v));
  return net;
}

SmallNetwork depthwise() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x", {.channels = 8}));
  v = net.relu("r2", net.conv("dw", v, {.channels = 8, .group = 8, .stride = 2}));
  v = net.relu("r3", net.conv("pw", v, {.channels = 6, .kernel = 1, .bias = false}));
  v = net.average_pool("avg", v);
  net.output(net.conv("c2", v, {.kernel = 1}));
  return net;
}

SmallNetwork concatenation() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto a = net.relu("ra", net.conv("a", v, {.kernel = 1}));
  const auto b = net.relu("rb", net.conv("b", v));
  net.output(net.conv("c2", net.relu("r2", net.conv("c", net.concat("cat", {a, b})))));
  return net;
}

SmallNetwork squeeze_excite() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x"));
  auto gate = net.relu("rs", net.conv("squeeze", net.global_average_pool("gap", v), {.channels = 2, .kernel = 1}));
  gate = net.same("gate", "Sigmoid", {net.conv("excite", gate, {.kernel = 1})});
  net.output(net.conv("c2", net.same("scale", "Mul", {v, gate})));
  return net;
}

SmallNetwork swish() {
  SmallNetwork net(kInput);
  const auto v = net.conv("c1", "x");
  const auto s = net.same("silu", "Mul", {v, net.same("sigmoid", "Sigmoid", {v})});
  auto w = net.conv("c2", s);
  w = net.same("mul", "Mul", {w, net.same("gate", "HardSigmoid", {w})});
  net.output(net.conv("c3", w));
  return net;
}

SmallNetwork transposed() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x"));
  v = net.relu("ru", net.conv("up", v, {.channels = 5, .kernel = 1, .transposed = true}));
  net.output(net.conv("c2", v));
  return net;
}

SmallNetwork gemm_behind_flatten() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x", {.stride = 2}));
  v = net.relu("rg", net.gemm("g1", net.flatten("flat", net.max_pool("pool", v)), 12));
  net.output(net.same("softmax", "Softmax", {net.gemm("g2", v, 5)}));
  return net;
}

SmallNetwork shared_gemm_input() {
  SmallNetwork net({2, 16});
  const auto v = net.relu("r1", net.gemm("g1", "x", 12));
  net.output(net.gemm("a", v, 4));
  net.output(net.relu("rb", net.gemm("b", v, 6)));
  return net;
}

/// A Gemm and an activation behind it, which ONNX Runtime may fuse with each other before it looks for integers.
SmallNetwork gemm_activations() {
  SmallNetwork net({2, 16});
  auto v = net.same("s1", "Sigmoid", {net.gemm("g1", "x", 12)});
  v = net.clip("k2", net.gemm("g2", v, 12), 0.0F, 0.5F);
  v = net.clip("k3", net.gemm("g3", v, 12), -0.25F, 0.25F);
  v = net.same("t4", "Tanh", {net.relu("r4", net.gemm("g4", v, 12))});
  const auto w = net.relu("r5", net.gemm("g5", v, 8));
  const auto sum = net.same("sum", "Mul", {net.same("exp", "Exp", {w}), net.same("erf", "Erf", {w})});
  const auto last = net.relu("r6", net.gemm("g6", sum, 8));
  net.output(net.same("neg", "Neg", {last}));
  net.output(last);
  return net;
}

/// Residual connections of rank 2: what is added to a product has the form of a Gemm's third operand.
SmallNetwork linear_residual(SmallNetwork::Batch batch) {
  SmallNetwork net({2, 16}, "x", batch);
  auto v = net.relu("r1", net.gemm("g1", "x", 16));
  v = net.same("s1", "Add", {net.matmul("m1", v, 16), v});
  v = net.same("s2", "Add", {v, net.matmul("m2", net.same("t", "Tanh", {v}), 16)});
  v = net.same("s3", "Add", {net.matmul("m3", net.same("e", "Erf", {v}), 16), "x"});
  net.output(net.matmul("m4", v, 5));
  return net;
}

/// Linear layers of a transformer: products of rank 3, each with a vector added.
SmallNetwork projections(SmallNetwork::Batch batch) {
  SmallNetwork net({2, 5, 16}, "x", batch);
  auto v = net.relu("r1", net.bias("b1", net.matmul("m1", "x", 24)));
  v = net.bias("b2", net.matmul("m2", v, 12));
  v = net.same("erf", "Erf", {v});
  v = net.matmul("m3", v, 12);
  net.output(net.bias("b4", net.matmul("m4", v, 8)));
  return net;
}

/// The same of rank 2, where what is added is not the vector that makes a Gemm of it.
SmallNetwork scalar_biases() {
  SmallNetwork net({2, 16}, "x", SmallNetwork::Batch::Fixed);
  const auto plus = [&](const std::string& name, const std::string& in, const Shape& shape) {
    net.constant(name + ".bias", shape, 0.2F);
    return net.same(name, "Add", {in, name + ".bias"});
  };
  auto v = net.relu("r1", plus("b1", net.matmul("m1", "x", 12), {}));
  v = net.relu("r2", plus("b2", net.matmul("m2", v, 12), {2, 1}));
  v = net.relu("r3", plus("b3", net.matmul("m3", v, 12), {2, 12}));
  net.output(plus("b4", net.matmul("m4", v, 6), {1}));
  return net;
}

SmallNetwork attention(SmallNetwork::Batch batch) {
  SmallNetwork net({2, 6, 16}, "x", batch);
  const auto q = net.bias("qb", net.matmul("q", "x", 8));
  const auto k = net.bias("kb", net.matmul("k", "x", 8));
  const auto v = net.bias("vb", net.matmul("v", "x", 8));
  const auto weights = net.same("softmax", "Softmax", {net.product("scores", q, net.transpose("kt", k, {0, 2, 1}))},
                                {{"axis", std::int64_t{-1}}});
  const auto mixed = net.bias("ob", net.matmul("o", net.product("mix", weights, v), 16));
  const auto sum = net.same("sum", "Add", {mixed, "x"});
  const auto hidden = net.relu("rh", net.bias("hb", net.matmul("h", sum, 32)));
  net.output(net.same("sum2", "Add", {net.bias("yb", net.matmul("y", hidden, 16)), sum}));
  return net;
}

SmallNetwork two_residuals() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x"));
  auto w = net.conv("c3", net.relu("r2", net.conv("c2", v)));
  v = net.relu("rs", net.same("sum", "Add", {w, net.conv("short", v, {.kernel = 1})}));
  w = net.conv("c5", net.relu("r4", net.conv("c4", v)));
  v = net.same("sum2", "Add", {v, w});  // without an activation, as in MobileNetV2
  net.output(net.conv("c6", v));
  return net;
}

SmallNetwork product_of_branches() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto product = net.same("mul", "Mul", {net.relu("ra", net.conv("a", v)), net.conv("b", v)});
  net.output(net.conv("c2", product));
  return net;
}

SmallNetwork leaky() {
  SmallNetwork net(kInput);
  auto v = net.same("l1", "LeakyRelu", {net.conv("c1", "x")}, {{"alpha", 0.1F}});
  v = net.same("l2", "HardSwish", {net.conv("c2", v)});
  net.graph().opset = 14;
  net.output(net.conv("c3", net.average_pool("avg", v)));
  return net;
}

SmallNetwork one_dimensional() {
  SmallNetwork net({2, 4, 16});
  auto v = net.relu("r1", net.conv("c1", "x", {.channels = 6}));
  v = net.relu("r2", net.conv("dw", v, {.channels = 6, .group = 6, .stride = 2}));
  net.output(net.conv("c2", v, {.channels = 5, .kernel = 1}));
  return net;
}

SmallNetwork resized() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x", {.stride = 2}));
  v = net.relu("r2", net.conv("c2", net.resize("up", v)));
  net.output(net.conv("c3", v));
  return net;
}

SmallNetwork split_and_sliced() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x", {.channels = 8}));
  const auto [left, right] = net.split("split", v);
  const auto a = net.relu("ra", net.conv("a", left));
  const auto b = net.relu("rb", net.conv("b", net.slice("slice", v, 1, 5)));
  net.output(net.conv("c2", net.concat("cat", {a, b, right})));
  return net;
}

/// Moves of every kind between layers.
SmallNetwork moved() {
  SmallNetwork net(kInput);
  auto v = net.relu("r1", net.conv("c1", "x"));
  v = net.transpose("turn", v, {0, 1, 3, 2});
  v = net.relu("r2", net.conv("c2", net.max_pool("pool", v)));
  net.output(net.gemm("fc", net.flatten("flat", v), 5));
  return net;
}

/// Results that are read in the middle: an output of the network, a second reader beside the activation.
SmallNetwork inner_outputs() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", "x"));
  const auto w = net.conv("c2", v);
  const auto a = net.conv("a", net.relu("ra", w));
  const auto b = net.conv("b", net.same("tanh", "Tanh", {w}));
  net.output(net.conv("c3", net.same("sum", "Add", {a, b})));
  net.output(v);
  return net;
}

/// Bounds around zero that symmetric codes cannot keep without cutting one side off.
SmallNetwork uneven_clips() {
  SmallNetwork net(kInput);
  auto v = net.clip("clip1", net.conv("c1", "x"), -0.5F, 1.0F);
  v = net.clip("clip2", net.conv("c2", v), -2.0F, 0.7F);
  net.output(net.conv("c3", v));
  return net;
}

/// Where ONNX Runtime's integer kernel divides otherwise than its own float kernel.
SmallNetwork padded_pool_of_cut_windows() {
  SmallNetwork net(kInput);
  const auto v = net.relu("r1", net.conv("c1", net.relu("r0", net.conv("c0", "x"))));
  const Shape from = net.shape(v);
  const auto cut = [](std::int64_t size) { return (size + 2 - 3 + 1) / 2 + 1; };  // ceil((size + pads - 3) / 2) + 1
  const auto pooled = net.add({"pool",
                               "AveragePool",
                               {v},
                               {},
                               {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                {"strides", std::vector<std::int64_t>{2, 2}},
                                {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
                                {"ceil_mode", std::int64_t{1}},
                                {"count_include_pad", std::int64_t{1}}},
                               {}},
                              {from[0], from[1], cut(from[2]), cut(from[3])});
  net.output(net.conv("c2", pooled));
  return net;
}

/// A product whose Relu nobody reads as codes.
SmallNetwork product_behind_relu() {
  SmallNetwork net({2, 6, 8}, "x", SmallNetwork::Batch::Open);
  const auto v = net.relu("r1", net.matmul("m1", "x", 8));
  net.output(net.same("erf", "Erf", {net.relu("r2", net.matmul("m2", v, 5))}));
  return net;
}

/// Words of two tables, one of which is read twice: through arithmetic in float, and straight into a product.
SmallNetwork embeddings() {
  SmallNetwork net({2, 6});
  net.constant("words", {512, 16}, 0.4F);
  net.constant("places", {256, 16}, 0.1F);
  const auto at = net.positions("at", "x", 512);
  const auto sum = net.same(
      "sum", "Add", {net.rows("word", "words", at), net.rows("place", "places", net.positions("at2", "x", 256))});
  const auto v = net.relu("r", net.matmul("m1", net.same("tanh", "Tanh", {sum}), 16));
  const auto straight = net.matmul("m2", net.rows("again", "words", at), 16);
  net.output(net.matmul("m3", net.same("both", "Add", {v, straight}), 5));
  return net;
}

}  // namespace

std::vector<NamedNetwork> networks() {
  return {{"chain", chain},
          {"plain_chain", plain_chain},
          {"behind_max_pool", behind_max_pool},
          {"shared_input", shared_input},
          {"residual", residual},
          {"fully_connected", fully_connected},
          {"relu6", relu6},
          {"depthwise", depthwise},
          {"concatenation", concatenation},
          {"squeeze_excite", squeeze_excite},
          {"swish", swish},
          {"transposed", transposed},
          {"gemm_behind_flatten", gemm_behind_flatten},
          {"shared_gemm_input", shared_gemm_input},
          {"gemm_activations", gemm_activations},
          {"linear_residual", [] { return linear_residual(SmallNetwork::Batch::Open); }},
          {"linear_residual_of_fixed_batch", [] { return linear_residual(SmallNetwork::Batch::Fixed); }},
          {"projections", [] { return projections(SmallNetwork::Batch::Open); }},
          {"projections_of_fixed_batch", [] { return projections(SmallNetwork::Batch::Fixed); }},
          {"scalar_biases", scalar_biases},
          {"embeddings", embeddings},
          {"attention", [] { return attention(SmallNetwork::Batch::Open); }},
          {"attention_of_fixed_batch", [] { return attention(SmallNetwork::Batch::Fixed); }},
          {"two_residuals", two_residuals},
          {"product_of_branches", product_of_branches},
          {"leaky", leaky},
          {"one_dimensional", one_dimensional},
          {"resized", resized},
          {"split_and_sliced", split_and_sliced},
          {"moved", moved},
          {"inner_outputs", inner_outputs},
          {"uneven_clips", uneven_clips},
          {"padded_pool_of_cut_windows", padded_pool_of_cut_windows},
          {"product_behind_relu", product_behind_relu}};
}

}  // namespace quantrail::testing
