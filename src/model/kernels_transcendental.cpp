#include <cmath>

#include "model/kernels_map.h"

namespace quantrail {
namespace {

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
struct TanF {
  auto operator()(auto x) const { return std::tan(x); }
};
struct AsinF {
  auto operator()(auto x) const { return std::asin(x); }
};
struct AcosF {
  auto operator()(auto x) const { return std::acos(x); }
};
struct AtanF {
  auto operator()(auto x) const { return std::atan(x); }
};
struct SinhF {
  auto operator()(auto x) const { return std::sinh(x); }
};
struct CoshF {
  auto operator()(auto x) const { return std::cosh(x); }
};
struct TanhF {
  auto operator()(auto x) const { return std::tanh(x); }
};
struct AsinhF {
  auto operator()(auto x) const { return std::asinh(x); }
};
struct AcoshF {
  auto operator()(auto x) const { return std::acosh(x); }
};
struct AtanhF {
  auto operator()(auto x) const { return std::atanh(x); }
};
struct ErfF {
  auto operator()(auto x) const { return std::erf(x); }
};

}  // namespace

void add_transcendental_kernels(Kernels& kernels) {
  kernels["Exp"] = float_function<ExpF>;
  kernels["Log"] = float_function<LogF>;
  kernels["Sqrt"] = float_function<SqrtF>;
  kernels["Sin"] = float_function<SinF>;
  kernels["Cos"] = float_function<CosF>;
  kernels["Tan"] = float_function<TanF>;
  kernels["Asin"] = float_function<AsinF>;
  kernels["Acos"] = float_function<AcosF>;
  kernels["Atan"] = float_function<AtanF>;
  kernels["Sinh"] = float_function<SinhF>;
  kernels["Cosh"] = float_function<CoshF>;
  kernels["Tanh"] = float_function<TanhF>;
  kernels["Asinh"] = float_function<AsinhF>;
  kernels["Acosh"] = float_function<AcoshF>;
  kernels["Atanh"] = float_function<AtanhF>;
  kernels["Erf"] = float_function<ErfF>;
}

}  // namespace quantrail
