#include <algorithm>
#include <cmath>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/zip.h"

namespace quantrail {
namespace {

struct AddOp {
  template <class T>
  T operator()(T a, T b) const {
    return wrapped(a, b, [](auto x, auto y) { return x + y; });
  }
};
struct SubOp {
  template <class T>
  T operator()(T a, T b) const {
    return wrapped(a, b, [](auto x, auto y) { return x - y; });
  }
};
struct MulOp {
  template <class T>
  T operator()(T a, T b) const {
    return wrapped(a, b, [](auto x, auto y) { return x * y; });
  }
};
struct DivOp {  // integers: towards zero; the divisor is not 0, and -1 must not overflow
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_signed_v<T> && std::is_integral_v<T>) {
      if (b == -1) return SubOp{}(T{0}, a);
    }
    return static_cast<T>(a / b);
  }
};
struct FloorModOp {  // integers: the sign of the divisor
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      const T rest = std::fmod(a, b);
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    } else {
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return 0;
      }
      const T rest = static_cast<T>(a % b);
      return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
    }
  }
};
struct FmodOp {  // the sign of the dividend
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      if constexpr (std::is_signed_v<T>) {
        if (b == -1) return 0;
      }
      return static_cast<T>(a % b);
    }
  }
};
struct MinOp {  // NaN wins, as in NumPy
  template <class T>
  T operator()(T a, T b) const {
    return a != a || a < b ? a : b;
  }
};
struct MaxOp {
  template <class T>
  T operator()(T a, T b) const {
    return a != a || a > b ? a : b;
  }
};

template <class Op>
Status binary(const Tensor& a, const Tensor& b, Tensor& out, Op op) {
  return for_number_type(a.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    zip<T, T>(a, b, out.shape, out.values<T>().data(), op);
    return {};
  });
}

template <class Op>
Status arithmetic(const KernelCall& call) {
  return binary(call.input(0), call.input(1), call.output(), Op{});
}

Status check_divisor(const Tensor& divisor) {
  if (is_float(divisor.type)) return {};
  const auto values = integers_of(divisor);
  if (std::find(values.begin(), values.end(), 0) != values.end())
    return fail(Cause::InvalidInput, "integer division by zero");
  return {};
}

Status divide(const KernelCall& call) {
  if (auto ok = check_divisor(call.input(1)); !ok) return ok;
  return arithmetic<DivOp>(call);
}

Status modulo(const KernelCall& call) {
  if (auto ok = check_divisor(call.input(1)); !ok) return ok;
  return call.view.integer("fmod", 0) != 0 ? arithmetic<FmodOp>(call) : arithmetic<FloorModOp>(call);
}

template <class T>
T integer_power(T base, std::int64_t exponent) {
  if (exponent < 0) return base == 1 ? T{1} : (base == static_cast<T>(-1) ? (exponent % 2 == 0 ? T{1} : base) : T{0});
  T result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result = MulOp{}(result, base);
    base = MulOp{}(base, base);
  }
  return result;
}

template <class A, class B>
A raised(A base, B exponent) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    return integer_power(base, static_cast<std::int64_t>(exponent));
  } else if constexpr (std::is_same_v<A, float>) {
    return std::pow(base, static_cast<float>(exponent));
  } else {
    return saturated<A>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
}

Status power(const KernelCall& call) {
  Tensor& out = call.output();
  return for_number_type(call.input(0).type, [&](auto base) -> Status {
    return for_number_type(call.input(1).type, [&](auto exponent) -> Status {
      using A = decltype(base);
      using B = decltype(exponent);
      zip<A, B>(call.input(0), call.input(1), out.shape, out.values<A>().data(), raised<A, B>);
      return {};
    });
  });
}

/// Folds any number of inputs from the left.
template <class Op>
Status variadic(const KernelCall& call) {
  Tensor& out = call.output();
  Tensor so_far = call.input(0);
  for (std::size_t at = 1; at < call.inputs.size(); ++at) {
    Tensor next = Tensor::zeros(out.type, *broadcast(so_far.shape, call.input(at).shape));
    if (auto ok = binary(so_far, call.input(at), next, Op{}); !ok) return ok;
    so_far = std::move(next);
  }
  out.bytes = std::move(so_far.bytes);
  return {};
}

Status mean(const KernelCall& call) {
  if (auto ok = variadic<AddOp>(call); !ok) return ok;
  return for_float_type(call.output().type, [&](auto zero) -> Status {
    using T = decltype(zero);
    for (auto& value : call.output().values<T>()) value /= static_cast<T>(call.inputs.size());
    return {};
  });
}

}  // namespace

void add_arithmetic_kernels(Kernels& kernels) {
  kernels["Add"] = arithmetic<AddOp>;
  kernels["Sub"] = arithmetic<SubOp>;
  kernels["Mul"] = arithmetic<MulOp>;
  kernels["Div"] = divide;
  kernels["Mod"] = modulo;
  kernels["Pow"] = power;
  kernels["Min"] = variadic<MinOp>;
  kernels["Max"] = variadic<MaxOp>;
  kernels["Sum"] = variadic<AddOp>;
  kernels["Mean"] = mean;
}

}  // namespace quantrail
