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
          {"transposed", transposed}};
}

}  // namespace quantrail::testing
