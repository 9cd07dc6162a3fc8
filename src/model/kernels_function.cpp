#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/zip.h"

namespace quantrail {
namespace {

template <class T, class F>
void map(const KernelCall& call, F f) {
  const auto in = call.input(0).values<T>();
  std::transform(in.begin(), in.end(), call.output().values<T>().begin(), f);
}

/// One function of one float: F{}(x) for x of either float type.
template <class F>
Status function(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    map<decltype(zero)>(call, F{});
    return {};
  });
}

/// A function with attributes: `make` reads them and returns a callable.
template <auto make>
Status with_attributes(const KernelCall& call) {
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    map<decltype(zero)>(call, make(call.view.node()));
    return {};
  });
}

struct ExpF {
  auto operator()(auto x) const { return std::exp(x); }
};
struct LogF {
  auto operator()(auto x) const { return std::log(x); }
};
struct SqrtF {
  auto operator()(auto x) const { return std::sqrt(x); }
};
struct SinF {
  auto operator()(auto x) const { return std::sin(x); }
};
struct CosF {
  auto operator()(auto x) const { return std::cos(x); }
};
struct TanhF {
  auto operator()(auto x) const { return std::tanh(x); }
};
struct ErfF {
  auto operator()(auto x) const { return std::erf(x); }
};
struct FloorF {
  auto operator()(auto x) const { return std::floor(x); }
};
struct CeilF {
  auto operator()(auto x) const { return std::ceil(x); }
};
struct RoundF {
  auto operator()(auto x) const { return std::nearbyint(x); }
};  // ties to even
struct ReciprocalF {
  auto operator()(auto x) const { return decltype(x){1} / x; }
};
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

struct ReluF {
  auto operator()(auto x) const { return x < 0 ? decltype(x){0} : x; }
};
struct SignF {
  auto operator()(auto x) const { return static_cast<decltype(x)>((x > 0) - (x < 0)); }
};
struct NegF {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>)
      return -x;
    else
      return wrapped(T{0}, x, std::minus<>());
  }
};
struct AbsF {
  auto operator()(auto x) const { return x < 0 ? NegF{}(x) : (x == 0 ? decltype(x){0} : x); }
};

/// Functions that integers have, too.
template <class F>
Status number_function(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    map<decltype(zero)>(call, F{});
    return {};
  });
}

Status clip(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T low = call.has(1) ? call.input(1).values<T>()[0] : std::numeric_limits<T>::lowest();
    const T high = call.has(2) ? call.input(2).values<T>()[0] : std::numeric_limits<T>::max();
    map<T>(call, [low, high](T x) { return x < low ? std::min(low, high) : (x > high ? high : x); });
    return {};
  });
}

Status prelu(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    Tensor& out = call.output();
    zip<T, T>(call.input(0), call.input(1), out.shape, out.values<T>().data(),
              [](T x, T slope) { return x < 0 ? wrapped(x, slope, std::multiplies<>()) : x; });
    return {};
  });
}

Status range(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T start = call.input(0).values<T>()[0];
    const T delta = call.input(2).values<T>()[0];
    auto values = call.output().values<T>();
    for (std::size_t at = 0; at < values.size(); ++at)
      values[at] = wrapped(start, wrapped(static_cast<T>(at), delta, std::multiplies<>()), std::plus<>());
    return {};
  });
}

}  // namespace

void add_function_kernels(Kernels& kernels) {
  kernels["Exp"] = function<ExpF>;
  kernels["Log"] = function<LogF>;
  kernels["Sqrt"] = function<SqrtF>;
  kernels["Sin"] = function<SinF>;
  kernels["Cos"] = function<CosF>;
  kernels["Tanh"] = function<TanhF>;
  kernels["Erf"] = function<ErfF>;
  kernels["Floor"] = function<FloorF>;
  kernels["Ceil"] = function<CeilF>;
  kernels["Round"] = function<RoundF>;
  kernels["Reciprocal"] = function<ReciprocalF>;
  kernels["Softsign"] = function<SoftsignF>;
  kernels["Sigmoid"] = function<SigmoidF>;
  kernels["Softplus"] = function<SoftplusF>;
  kernels["Mish"] = function<MishF>;
  kernels["HardSwish"] = function<HardSwishF>;
  kernels["LeakyRelu"] = with_attributes<leaky_relu>;
  kernels["Elu"] = with_attributes<elu>;
  kernels["Selu"] = with_attributes<selu>;
  kernels["HardSigmoid"] = with_attributes<hard_sigmoid>;
  kernels["Gelu"] = with_attributes<gelu>;
  kernels["Relu"] = number_function<ReluF>;
  kernels["Sign"] = number_function<SignF>;
  kernels["Neg"] = number_function<NegF>;
  kernels["Abs"] = number_function<AbsF>;
  kernels["Clip"] = clip;
  kernels["PRelu"] = prelu;
  kernels["Range"] = range;
}

}  // namespace quantrail
