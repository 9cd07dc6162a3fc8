#include <functional>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/numbers.h"

namespace quantrail {
namespace {

/// Floats are summed in double; exclusive: each sum ends before its own element.
Status cumulative_sum(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto given = call.view.integers(1, "its axis");
  if (!given) return failed(given);
  if (given->size() != 1) return fail(Cause::InvalidInput, "its axis (input 1) must be one number");
  const auto axis = normal_axis(given->front(), in.shape.size());
  if (!axis) return failed(axis);
  const bool exclusive = call.view.integer("exclusive", 0) != 0;
  const bool reverse = call.view.integer("reverse", 0) != 0;
  return for_number_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    using Sum = std::conditional_t<std::is_floating_point_v<T>, double, T>;
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    for_each_line(in.shape, *axis, [&](const Line& line) {
      Sum sum{0};
      for (std::int64_t step = 0; step < line.count; ++step) {
        const auto at = line.at(reverse ? line.count - 1 - step : step);
        const Sum next = wrapped(sum, static_cast<Sum>(x[at]), std::plus<>());
        y[at] = static_cast<T>(exclusive ? sum : next);
        sum = next;
      }
    });
    return {};
  });
}

/// The first lengths[batch] elements along the time axis in reverse order, the rest as they are.
Status reverse_sequence(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto batch_axis = *normal_axis(call.view.integer("batch_axis", 1), in.shape.size());
  const auto time_axis = *normal_axis(call.view.integer("time_axis", 0), in.shape.size());
  const auto lengths = integers_of(call.input(1));
  for (const auto length : lengths) {
    if (length < 0 || length > in.shape[time_axis])
      return fail(Cause::InvalidInput, "a sequence of {} on an axis of {}", length, in.shape[time_axis]);
  }
  const auto strides = strides_of(in.shape);
  for_storage(in.type, [&](auto unit) {
    const auto* x = reinterpret_cast<const decltype(unit)*>(in.bytes.data());
    auto* y = reinterpret_cast<decltype(unit)*>(call.output().bytes.data());
    for_each_line(in.shape, time_axis, [&](const Line& line) {
      const auto batch = line.first / strides[batch_axis] % in.shape[batch_axis];
      const auto length = lengths[static_cast<std::size_t>(batch)];
      for (std::int64_t at = 0; at < line.count; ++at) y[line.at(at)] = x[line.at(at < length ? length - 1 - at : at)];
    });
  });
  return {};
}

}  // namespace

void add_sequence_kernels(Kernels& kernels) {
  kernels["CumSum"] = cumulative_sum;
  kernels["ReverseSequence"] = {reverse_sequence, kAsStored};
}

}  // namespace quantrail
