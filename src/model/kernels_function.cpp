#include <algorithm>
#include <cmath>
#include <functional>

#include "model/kernels_map.h"
#include "model/shape_math.h"
#include "model/zip.h"

namespace quantrail {
namespace {

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

Status clip(const KernelCall& call) {
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T low = call.has(1) ? call.input(1).values<T>()[0] : std::numeric_limits<T>::lowest();
    const T high = call.has(2) ? call.input(2).values<T>()[0] : std::numeric_limits<T>::max();
    map_elements<T>(call, [low, high](T x) { return x != x ? x : std::min(std::max(x, low), high); });
    return {};
  });
}

/// Towards zero by `bias` beyond `lambd`, zero within.
Status shrink(const KernelCall& call) {
  const auto edge = static_cast<double>(float_attribute(call.view.node(), "lambd", 0.5F));
  const auto bias = static_cast<double>(float_attribute(call.view.node(), "bias", 0.0F));
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    map_elements<T>(call, [edge, bias](T value) {
      const auto x = static_cast<double>(value);
      if (x < -edge) return saturated<T>(x + bias);
      if (x > edge) return saturated<T>(x - bias);
      return std::isnan(x) ? value : T{0};
    });
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
  kernels["Floor"] = float_function<FloorF>;
  kernels["Ceil"] = float_function<CeilF>;
  kernels["Round"] = float_function<RoundF>;
  kernels["Reciprocal"] = float_function<ReciprocalF>;
  kernels["Relu"] = number_function<ReluF>;
  kernels["Sign"] = number_function<SignF>;
  kernels["Neg"] = number_function<NegF>;
  kernels["Abs"] = number_function<AbsF>;
  kernels["Shrink"] = shrink;
  kernels["Clip"] = clip;
  kernels["PRelu"] = prelu;
  kernels["Range"] = range;
}

}  // namespace quantrail
