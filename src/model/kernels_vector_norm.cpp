#include <cmath>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/numbers.h"
#include "model/strided.h"

namespace quantrail {
namespace {

/// Lines of length 1; a line of zeros stays one.
Status lp_normalization(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto axis = normal_axis(call.view.integer("axis", -1), in.shape.size());
  if (!axis) return failed(axis);
  const auto p = call.view.integer("p", 2);
  if (p != 1 && p != 2) return fail(Cause::InvalidInput, "a norm of {}, which is neither 1 nor 2", p);
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    for_each_line(in.shape, *axis, [&](const Line& line) {
      double sum = 0.0;
      for (std::int64_t at = 0; at < line.count; ++at) {
        const auto value = static_cast<double>(x[line.at(at)]);
        sum += p == 1 ? std::abs(value) : value * value;
      }
      const double norm = p == 1 ? sum : std::sqrt(sum);
      for (std::int64_t at = 0; at < line.count; ++at)
        y[line.at(at)] = norm == 0.0 ? T{0} : static_cast<T>(static_cast<double>(x[line.at(at)]) / norm);
    });
    return {};
  });
}

struct Sums {
  double count = 0.0;
  double total = 0.0;
  double squares = 0.0;
};

/// (x - mean) / (deviation + 1e-9) over the axes, by default all but the channels.
Status mean_variance_normalization(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto axes = normal_axes(ints_attribute(call.view.node(), "axes", {0, 2, 3}), in.shape.size());
  if (!axes) return failed(axes);
  Shape kept = in.shape;
  for (const auto axis : *axes) kept[axis] = 1;
  const auto groups = broadcast_strides(kept, in.shape);
  std::vector<Sums> sums(static_cast<std::size_t>(element_count(kept)));
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    const auto walk = [&](auto work) {
      for_each_row<2>(in.shape, {strides_of(in.shape), groups},
                      [&](const auto& offsets, auto count, const auto& steps) {
                        for (std::int64_t at = 0; at < count; ++at)
                          work(offsets[0] + at * steps[0], sums[static_cast<std::size_t>(offsets[1] + at * steps[1])]);
                      });
    };
    walk([&](std::int64_t at, Sums& group) {
      group.count += 1.0;
      group.total += static_cast<double>(x[at]);
    });
    // Squares around the mean, so that nothing cancels.
    walk([&](std::int64_t at, Sums& group) {
      const double distance = static_cast<double>(x[at]) - group.total / group.count;
      group.squares += distance * distance;
    });
    walk([&](std::int64_t at, Sums& group) {
      const double deviation = std::sqrt(group.squares / group.count);
      y[at] = static_cast<T>((static_cast<double>(x[at]) - group.total / group.count) / (deviation + 1e-9));
    });
    return {};
  });
}

}  // namespace

void add_vector_norm_kernels(Kernels& kernels) {
  kernels["LpNormalization"] = lp_normalization;
  kernels["MeanVarianceNormalization"] = mean_variance_normalization;
}

}  // namespace quantrail
