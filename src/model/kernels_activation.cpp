#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/kernels_map.h"

namespace quantrail {
namespace {

struct SoftsignF {
  auto operator()(auto x) const { return x / (decltype(x){1} + std::abs(x)); }
};
struct SigmoidF {  // neither branch overflows
  auto operator()(auto x) const {
    const auto e = std::exp(-std::abs(x));
    return (x >= 0 ? decltype(x){1} : e) / (decltype(x){1} + e);
  }
};
struct SoftplusF {
  auto operator()(auto x) const { return std::max(x, decltype(x){0}) + std::log1p(std::exp(-std::abs(x))); }
};
struct MishF {
  auto operator()(auto x) const { return x * std::tanh(SoftplusF{}(x)); }
};
struct HardSwishF {
  auto operator()(auto x) const {
    using T = decltype(x);
    return x * std::clamp(x / T{6} + T{0.5}, T{0}, T{1});
  }
};

auto leaky_relu(const Node& node) {
  return [alpha = float_attribute(node, "alpha", 0.01F)](auto x) {
    return x >= 0 ? x : static_cast<decltype(x)>(alpha) * x;
  };
}
auto elu(const Node& node) {
  return [alpha = float_attribute(node, "alpha", 1.0F)](auto x) {
    return x >= 0 ? x : static_cast<decltype(x)>(alpha) * std::expm1(x);
  };
}
auto selu(const Node& node) {
  const auto alpha = float_attribute(node, "alpha", 1.67326319F);
  const auto gamma = float_attribute(node, "gamma", 1.05070102F);
  return [alpha, gamma](auto x) {
    using T = decltype(x);
    return static_cast<T>(gamma) * (x > 0 ? x : static_cast<T>(alpha) * std::expm1(x));
  };
}
auto hard_sigmoid(const Node& node) {
  const auto alpha = float_attribute(node, "alpha", 0.2F);
  const auto beta = float_attribute(node, "beta", 0.5F);
  return [alpha, beta](auto x) {
    using T = decltype(x);
    return std::clamp(static_cast<T>(alpha) * x + static_cast<T>(beta), T{0}, T{1});
  };
}
auto gelu(const Node& node) {
  return [tanh = string_attribute(node, "approximate", "none") == "tanh"](auto x) {
    using T = decltype(x);
    const auto inner = static_cast<T>(std::sqrt(2.0 / std::numbers::pi)) * (x + static_cast<T>(0.044715) * x * x * x);
    const auto bell = tanh ? std::tanh(inner) : std::erf(x / std::numbers::sqrt2_v<T>);
    return static_cast<T>(0.5) * x * (T{1} + bell);
  };
}
auto celu(const Node& node) {
  return [alpha = float_attribute(node, "alpha", 1.0F)](auto x) {
    using T = decltype(x);
    return x > 0 ? x : static_cast<T>(alpha) * std::expm1(x / static_cast<T>(alpha));
  };
}
auto thresholded_relu(const Node& node) {
  return [alpha = float_attribute(node, "alpha", 1.0F)](auto x) {
    return x <= static_cast<decltype(x)>(alpha) ? decltype(x){0} : x;
  };
}

}  // namespace

void add_activation_kernels(Kernels& kernels) {
  kernels["Softsign"] = float_function<SoftsignF>;
  kernels["Sigmoid"] = float_function<SigmoidF>;
  kernels["Softplus"] = float_function<SoftplusF>;
  kernels["Mish"] = float_function<MishF>;
  kernels["HardSwish"] = float_function<HardSwishF>;
  kernels["LeakyRelu"] = function_with_attributes<leaky_relu>;
  kernels["Elu"] = function_with_attributes<elu>;
  kernels["Celu"] = function_with_attributes<celu>;
  kernels["Selu"] = function_with_attributes<selu>;
  kernels["HardSigmoid"] = function_with_attributes<hard_sigmoid>;
  kernels["Gelu"] = function_with_attributes<gelu>;
  kernels["ThresholdedRelu"] = function_with_attributes<thresholded_relu>;
}

}  // namespace quantrail
