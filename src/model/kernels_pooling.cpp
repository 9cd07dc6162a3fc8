#include <cmath>
#include <limits>
#include <numeric>

#include "model/kernels.h"
#include "model/numbers.h"
#include "model/shape_math.h"
#include "model/window_walk.h"

namespace quantrail {
namespace {

/// The planes [spatial...] of a tensor [N, C, spatial...] and the windows on them.
struct Pooling {
  WindowWalk walk;
  std::int64_t planes = 1;
  std::int64_t source_area = 1;
  std::int64_t result_area = 1;
};

Shape spatial_of(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

Result<Pooling> pooling_of(const KernelCall& call) {
  const Shape& x = call.input(0).shape;
  const Shape source = spatial_of(x);
  const Shape result = spatial_of(call.output().shape);
  auto window = window_of(call.view.node(), source, {});
  if (!window) return failed(window);
  return Pooling{{std::move(*window), source, result}, x[0] * x[1], element_count(source), element_count(result)};
}

/// The offset counted with the first spatial axis fastest.
std::int64_t column_major(std::int64_t offset, const Shape& spatial) {
  std::int64_t result = 0;
  std::int64_t pitch = element_count(spatial);
  for (std::size_t axis = spatial.size(); axis-- > 0;) {
    pitch /= spatial[axis];
    result += offset % spatial[axis] * pitch;
    offset /= spatial[axis];
  }
  return result;
}

/// The first of the largest elements; NaN wins. -1 for an empty window.
template <class T>
std::int64_t largest(const T* x, std::span<const std::int64_t> offsets) {
  if (offsets.empty()) return -1;
  std::int64_t best = offsets[0];
  for (const auto at : offsets) {
    if (x[best] != x[best]) break;
    if (x[at] > x[best] || x[at] != x[at]) best = at;
  }
  return best;
}

template <class T>
void max_pool(const KernelCall& call, Pooling& pooling) {
  const bool turned = call.view.integer("storage_order", 0) != 0;
  const Shape spatial = spatial_of(call.input(0).shape);
  const T* x = call.input(0).values<T>().data();
  T* y = call.output().values<T>().data();
  auto* indices = call.outputs.size() > 1 ? call.outputs[1].values<std::int64_t>().data() : nullptr;
  constexpr T kLowest =
      std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
  for (std::int64_t position = 0; position < pooling.result_area; ++position) {
    const auto offsets = pooling.walk.covered(position);
    for (std::int64_t plane = 0; plane < pooling.planes; ++plane) {
      const T* source = x + plane * pooling.source_area;
      const auto target = plane * pooling.result_area + position;
      const auto best = largest(source, offsets);
      y[target] = best < 0 ? kLowest : source[best];
      if (indices == nullptr) continue;
      const auto local = turned && best >= 0 ? column_major(best, spatial) : best;
      indices[target] = best < 0 ? -1 : plane * pooling.source_area + local;
    }
  }
}

Status max_pool(const KernelCall& call) {
  auto pooling = pooling_of(call);
  if (!pooling) return failed(pooling);
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    max_pool<decltype(zero)>(call, *pooling);
    return {};
  });
}

/// Calls reduce(x, offsets, position) for each result; sums inside run in position order.
template <class T, class Reduce>
void pool(const KernelCall& call, Pooling& pooling, Reduce&& reduce) {
  const T* x = call.input(0).values<T>().data();
  T* y = call.output().values<T>().data();
  for (std::int64_t position = 0; position < pooling.result_area; ++position) {
    const auto offsets = pooling.walk.covered(position);
    for (std::int64_t plane = 0; plane < pooling.planes; ++plane)
      y[plane * pooling.result_area + position] =
          static_cast<T>(reduce(x + plane * pooling.source_area, offsets, position));
  }
}

// Means and norms are accumulated in double.
template <class T>
double total(const T* x, std::span<const std::int64_t> offsets) {
  double sum = 0.0;
  for (const auto at : offsets) sum += static_cast<double>(x[at]);
  return sum;
}

/// (sum of |x|^p)^(1/p)
template <class T>
double norm(const T* x, std::span<const std::int64_t> offsets, double p) {
  double sum = 0.0;
  for (const auto at : offsets) sum += std::pow(std::abs(static_cast<double>(x[at])), p);
  return std::pow(sum, 1.0 / p);
}

Status average_pool(const KernelCall& call) {
  auto pooling = pooling_of(call);
  if (!pooling) return failed(pooling);
  const bool with_pads = call.view.integer("count_include_pad", 0) != 0;
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    pool<T>(call, *pooling, [&](const T* x, std::span<const std::int64_t> offsets, std::int64_t position) {
      const auto count =
          with_pads ? pooling->walk.covered_with_pads(position) : static_cast<std::int64_t>(offsets.size());
      return count == 0 ? 0.0 : total(x, offsets) / static_cast<double>(count);
    });
    return {};
  });
}

Result<double> order_of(const KernelCall& call) {
  const auto p = call.view.integer("p", 2);
  if (p < 1) return fail(Cause::InvalidInput, "p is {}, at least 1 is needed", p);
  return static_cast<double>(p);
}

Status lp_pool(const KernelCall& call) {
  auto pooling = pooling_of(call);
  if (!pooling) return failed(pooling);
  const auto p = order_of(call);
  if (!p) return failed(p);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    pool<T>(call, *pooling,
            [&](const T* x, std::span<const std::int64_t> offsets, std::int64_t) { return norm(x, offsets, *p); });
    return {};
  });
}

/// One window over the whole plane.
template <class T, class Reduce>
void pool_globally(const KernelCall& call, Reduce&& reduce) {
  const Tensor& in = call.input(0);
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(element_count(spatial_of(in.shape))));
  std::iota(offsets.begin(), offsets.end(), std::int64_t{0});
  const T* x = in.values<T>().data();
  for (T& y : call.output().values<T>()) {
    y = static_cast<T>(reduce(x, offsets));
    x += offsets.size();
  }
}

Status check_not_empty(const KernelCall& call) {
  if (element_count(spatial_of(call.input(0).shape)) > 0) return {};
  return fail(Cause::InvalidInput, "has no elements to reduce");
}

Status global_average_pool(const KernelCall& call) {
  if (auto ok = check_not_empty(call); !ok) return ok;
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    pool_globally<T>(call, [](const T* x, std::span<const std::int64_t> offsets) {
      return total(x, offsets) / static_cast<double>(offsets.size());
    });
    return {};
  });
}

Status global_max_pool(const KernelCall& call) {
  if (auto ok = check_not_empty(call); !ok) return ok;
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    pool_globally<T>(call, [](const T* x, std::span<const std::int64_t> offsets) { return x[largest(x, offsets)]; });
    return {};
  });
}

Status global_lp_pool(const KernelCall& call) {
  const auto p = order_of(call);
  if (!p) return failed(p);
  return for_float_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    pool_globally<T>(call, [&](const T* x, std::span<const std::int64_t> offsets) { return norm(x, offsets, *p); });
    return {};
  });
}

/// Puts each element where its index says; an index counts through a tensor of the inferred shape, whatever larger
/// shape is asked for.
Status max_unpool(const KernelCall& call) {
  const auto inferred = unpooled_shape(call.view.node(), call.input(0).shape);
  if (!inferred) return failed(inferred);
  const Shape& shape = call.output().shape;
  const auto indices = call.input(1).values<std::int64_t>();
  const auto most = checked_count(*inferred).value_or(0);
  std::vector<std::int64_t> targets;
  for (auto index : indices) {
    if (index < 0 || index >= most) return fail(Cause::InvalidInput, "index {} into {} elements", index, most);
    std::int64_t target = 0;
    std::int64_t pitch = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      const auto at = index % (*inferred)[axis];
      if (at >= shape[axis])
        return fail(Cause::InvalidInput, "an index leads to {} on axis {} of {}", at, axis, shape_text(shape));
      target += at * pitch;
      pitch *= shape[axis];
      index /= (*inferred)[axis];
    }
    targets.push_back(target);
  }
  return for_number_type(call.input(0).type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = call.input(0).values<T>().data();
    T* y = call.output().values<T>().data();
    for (const auto target : targets) y[target] = *x++;
    return {};
  });
}

}  // namespace

void add_pooling_kernels(Kernels& kernels) {
  kernels["MaxPool"] = max_pool;
  kernels["AveragePool"] = average_pool;
  kernels["LpPool"] = lp_pool;
  kernels["MaxUnpool"] = max_unpool;
  kernels["GlobalAveragePool"] = global_average_pool;
  kernels["GlobalMaxPool"] = global_max_pool;
  kernels["GlobalLpPool"] = global_lp_pool;
}

}  // namespace quantrail
