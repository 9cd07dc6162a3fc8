#include "model/expanders.h"

namespace quantrail {
namespace {

/// x * sigmoid(alpha * x)
Expanded swish(Expansion& e, float alpha) {
  const auto x = e.input(0);
  const auto scaled = alpha == 1.0F ? x : e.add("Mul", {x, e.constant_like(alpha, x)});
  return e.plain(e.compute("Mul", {x, e.add("Sigmoid", {scaled})}));
}
Expanded onnx_swish(Expansion& e) { return swish(e, float_attribute(e.node(), "alpha", 1.0F)); }
Expanded quick_gelu(Expansion& e) { return swish(e, float_attribute(e.node(), "alpha", 1.702F)); }

std::string with_bias(Expansion& e) { return e.has(1) ? e.add("Add", {e.input(0), e.input(1)}) : e.input(0); }

/// As exporters write it for older opsets, which is recognised as one function.
Expanded gelu(Expansion& e) {
  constexpr float kRootOfTwo = 1.41421356F;
  const auto x = with_bias(e);
  const auto bell = e.add("Erf", {e.add("Div", {x, e.constant_like(kRootOfTwo, x)})});
  const auto gate = e.add("Add", {bell, e.constant_like(1.0F, x)});
  return e.plain(e.compute("Mul", {e.add("Mul", {x, gate}), e.constant_like(0.5F, x)}));
}

/// x / 2 * (1 + tanh(x * (a + b * x * x)))
Expanded fast_gelu(Expansion& e) {
  constexpr float kLinear = 0.7978845608F;
  constexpr float kCubic = 0.0356774081F;
  const auto x = with_bias(e);
  const auto square = e.add("Mul", {e.add("Mul", {x, x}), e.constant_like(kCubic, x)});
  const auto inner = e.add("Mul", {x, e.add("Add", {square, e.constant_like(kLinear, x)})});
  const auto gate = e.add("Add", {e.add("Tanh", {inner}), e.constant_like(1.0F, x)});
  return e.plain(e.compute("Mul", {e.add("Mul", {x, gate}), e.constant_like(0.5F, x)}));
}

}  // namespace

void add_activation_expanders(Expanders& expanders) {
  expanders["Swish"] = {onnx_swish, 1};
  expanders[foreign("QuickGelu")] = {quick_gelu, 1};
  expanders[foreign("Gelu")] = {gelu, 1};
  expanders[foreign("BiasGelu")] = {gelu, 2};
  expanders[foreign("FastGelu")] = {fast_gelu, 1};
}

}  // namespace quantrail
