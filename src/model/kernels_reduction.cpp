#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/reduction.h"
#include "model/shape_math.h"
#include "model/strided.h"

namespace quantrail {
namespace {

/// What is kept and what is summed over, as two shapes with the input's strides along each.
struct ReductionPlan {
  Shape kept{};
  Shape reduced{};
  std::vector<std::int64_t> kept_strides{};
  std::vector<std::int64_t> reduced_strides{};
};

ReductionPlan reduction_plan(const Shape& shape, const std::vector<std::size_t>& axes) {
  ReductionPlan plan;
  const auto strides = strides_of(shape);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const bool gone = std::binary_search(axes.begin(), axes.end(), axis);
    (gone ? plan.reduced : plan.kept).push_back(shape[axis]);
    (gone ? plan.reduced_strides : plan.kept_strides).push_back(strides[axis]);
  }
  return plan;
}

// Floats are accumulated in double, always in row-major order.
template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

struct Total {
  auto start(auto zero) const { return zero; }
  template <class A>
  A step(A so_far, A x) const {
    return wrapped(so_far, x, std::plus<>());
  }
  auto finish(auto total, double) const { return total; }
};
struct Average : Total {
  auto finish(auto total, double count) const { return saturated<decltype(total)>(static_cast<double>(total) / count); }
};
struct Product : Total {
  auto start(auto zero) const { return static_cast<decltype(zero)>(1); }
  template <class A>
  A step(A so_far, A x) const {
    return wrapped(so_far, x, std::multiplies<>());
  }
};
struct AbsoluteTotal : Total {
  template <class A>
  A step(A so_far, A x) const {
    return wrapped(so_far, wrapped(x, static_cast<A>(x < 0 ? -1 : 1), std::multiplies<>()), std::plus<>());
  }
};
struct SquareTotal : Total {
  template <class A>
  A step(A so_far, A x) const {
    return wrapped(so_far, wrapped(x, x, std::multiplies<>()), std::plus<>());
  }
};
struct Length : SquareTotal {
  auto finish(auto total, double) const { return saturated<decltype(total)>(std::sqrt(static_cast<double>(total))); }
};
struct LogTotal : Total {
  auto finish(auto total, double) const { return saturated<decltype(total)>(std::log(static_cast<double>(total))); }
};
struct Largest : Total {
  template <class A>
  auto start(A) const {
    return std::numeric_limits<A>::has_infinity ? -std::numeric_limits<A>::infinity()
                                                : std::numeric_limits<A>::lowest();
  }
  auto step(auto so_far, auto x) const { return x != x || x > so_far ? x : so_far; }
};
struct Smallest : Total {
  template <class A>
  auto start(A) const {
    return std::numeric_limits<A>::has_infinity ? std::numeric_limits<A>::infinity() : std::numeric_limits<A>::max();
  }
  auto step(auto so_far, auto x) const { return x != x || x < so_far ? x : so_far; }
};

template <class T, class Op>
void reduce_all(const KernelCall& call, const ReductionPlan& plan, Op op) {
  const T* in = call.input(0).values<T>().data();
  T* out = call.output().values<T>().data();
  const auto count = static_cast<double>(element_count(plan.reduced));
  for_each_row<1>(plan.kept, {plan.kept_strides}, [&](const auto& offsets, std::int64_t length, const auto& steps) {
    for (std::int64_t at = 0; at < length; ++at) {
      const std::int64_t first = offsets[0] + at * steps[0];
      auto so_far = op.start(Accumulator<T>{0});
      for_each_row<1>(plan.reduced, {plan.reduced_strides},
                      [&](const auto& inner, std::int64_t run, const auto& stride) {
                        for (std::int64_t k = 0; k < run; ++k)
                          so_far = op.step(so_far, static_cast<Accumulator<T>>(in[first + inner[0] + k * stride[0]]));
                      });
      *out++ = static_cast<T>(op.finish(so_far, count));
    }
  });
}

template <class Op>
Status reduce(const KernelCall& call) {
  const auto axes = reduced_axes(call.view);
  if (!axes) return failed(axes);
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    reduce_all<decltype(zero)>(call, reduction_plan(call.input(0).shape, *axes), Op{});
    return {};
  });
}

/// Bools have a largest and a smallest, as 0 and 1.
template <class Op>
Status reduce_ordered(const KernelCall& call) {
  if (call.input(0).type != ElementType::Bool) return reduce<Op>(call);
  Tensor flags = call.input(0);
  flags.type = ElementType::Uint8;
  std::vector<const Tensor*> inputs(call.inputs.begin(), call.inputs.end());
  inputs[0] = &flags;
  call.output().type = ElementType::Uint8;
  auto done = reduce<Op>({call.view, inputs, call.outputs});
  call.output().type = ElementType::Bool;
  return done;
}

/// max + log(sum(exp(x - max))), which does not overflow.
Status log_sum_exp(const KernelCall& call) {
  const auto axes = reduced_axes(call.view);
  if (!axes) return failed(axes);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto plan = reduction_plan(call.input(0).shape, *axes);
    reduce_all<T>(call, plan, Largest{});
    T* out = call.output().values<T>().data();
    const T* in = call.input(0).values<T>().data();
    for_each_row<1>(plan.kept, {plan.kept_strides}, [&](const auto& offsets, std::int64_t length, const auto& steps) {
      for (std::int64_t at = 0; at < length; ++at, ++out) {
        if (std::isinf(*out)) continue;
        double total = 0.0;
        for_each_row<1>(plan.reduced, {plan.reduced_strides},
                        [&](const auto& inner, std::int64_t run, const auto& stride) {
                          const T* first = in + offsets[0] + at * steps[0] + inner[0];
                          for (std::int64_t k = 0; k < run; ++k)
                            total += std::exp(static_cast<double>(first[k * stride[0]]) - static_cast<double>(*out));
                        });
        *out = static_cast<T>(static_cast<double>(*out) + std::log(total));
      }
    });
    return {};
  });
}

template <class Better>
Status best_index(const KernelCall& call) {
  const auto axes = reduced_axes(call.view);
  if (!axes) return failed(axes);
  const bool last = call.view.integer("select_last_index", 0) != 0;
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const auto plan = reduction_plan(call.input(0).shape, *axes);
    const T* in = call.input(0).values<T>().data();
    auto* out = call.output().values<std::int64_t>().data();
    for_each_row<1>(plan.kept, {plan.kept_strides}, [&](const auto& offsets, std::int64_t length, const auto& steps) {
      for (std::int64_t at = 0; at < length; ++at) {
        const T* first = in + offsets[0] + at * steps[0];
        std::int64_t best = 0;
        for (std::int64_t k = 1; k < plan.reduced[0]; ++k) {
          const T value = first[k * plan.reduced_strides[0]];
          const T champion = first[best * plan.reduced_strides[0]];
          if (Better{}(value, champion) || (last && value == champion)) best = k;
        }
        *out++ = best;
      }
    });
    return {};
  });
}

}  // namespace

void add_reduction_kernels(Kernels& kernels) {
  kernels["ReduceSum"] = reduce<Total>;
  kernels["ReduceMean"] = reduce<Average>;
  kernels["ReduceProd"] = reduce<Product>;
  kernels["ReduceMax"] = reduce_ordered<Largest>;
  kernels["ReduceMin"] = reduce_ordered<Smallest>;
  kernels["ReduceL1"] = reduce<AbsoluteTotal>;
  kernels["ReduceL2"] = reduce<Length>;
  kernels["ReduceSumSquare"] = reduce<SquareTotal>;
  kernels["ReduceLogSum"] = reduce<LogTotal>;
  kernels["ReduceLogSumExp"] = log_sum_exp;
  kernels["ArgMax"] = best_index<std::greater<>>;
  kernels["ArgMin"] = best_index<std::less<>>;
}

}  // namespace quantrail
