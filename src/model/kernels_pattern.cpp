#include <algorithm>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/numbers.h"
#include "model/numeric_values.h"

namespace quantrail {
namespace {

Status eye_like(const KernelCall& call) {
  Tensor& out = call.output();
  const auto rows = out.shape[0];
  const auto columns = out.shape[1];
  const auto shift = call.view.integer("k", 0);
  const auto fill = [&](auto one) {
    auto* to = reinterpret_cast<decltype(one)*>(out.bytes.data());
    for (std::int64_t row = 0; row < rows; ++row) {
      // Compared so that no k overflows.
      if (shift >= -row && shift < columns - row) to[row * columns + row + shift] = one;
    }
  };
  if (out.type == ElementType::Bool) {
    fill(std::uint8_t{1});
    return {};
  }
  return for_number_type(out.type, [&](auto zero) -> Status {
    fill(static_cast<decltype(zero)>(1));
    return {};
  });
}

/// Keeps the upper or lower triangle of each matrix; the k-th diagonal belongs to it.
Status trilu(const KernelCall& call) {
  const Tensor& in = call.input(0);
  Tensor& out = call.output();
  const bool upper = call.view.integer("upper", 1) != 0;
  const auto rows = in.shape[in.shape.size() - 2];
  const auto columns = in.shape.back();
  auto shift = std::int64_t{0};
  if (call.has(1)) {
    const auto given = call.view.integers(1, "its diagonal");
    if (!given) return failed(given);
    if (given->size() != 1) return fail(Cause::InvalidInput, "its diagonal (input 1) must be one number");
    shift = std::clamp(given->front(), -rows, columns);
  }
  for_storage(in.type, [&](auto unit) {
    const auto* from = reinterpret_cast<const decltype(unit)*>(in.bytes.data());
    auto* to = reinterpret_cast<decltype(unit)*>(out.bytes.data());
    const auto matrices = rows * columns == 0 ? 0 : element_count(in.shape) / (rows * columns);
    for (std::int64_t row = 0; row < matrices * rows; ++row) {
      const auto diagonal = row % rows + shift;
      const auto first = upper ? std::clamp<std::int64_t>(diagonal, 0, columns) : 0;
      const auto last = upper ? columns : std::clamp<std::int64_t>(diagonal + 1, 0, columns);
      std::copy(from + row * columns + first, from + row * columns + last, to + row * columns + first);
    }
  });
  return {};
}

/// Indices out of [-depth, depth) give a line of "off" values, as the operator says.
Status one_hot(const KernelCall& call) {
  Tensor& out = call.output();
  const Tensor& values = call.input(2);
  const auto rank = out.shape.size();
  const auto axis = *normal_axis(call.view.integer("axis", -1), rank);
  const auto depth = out.shape[axis];
  const auto wanted = whole_numbers(call.input(0));
  for_storage(out.type, [&](auto unit) {
    const auto* off_on = reinterpret_cast<const decltype(unit)*>(values.bytes.data());
    auto* to = reinterpret_cast<decltype(unit)*>(out.bytes.data());
    std::fill(to, to + element_count(out.shape), off_on[0]);
    std::size_t at = 0;
    if (depth == 0) return;
    for_each_line(out.shape, axis, [&](const Line& line) {
      const auto index = wanted[at++];
      if (index >= -depth && index < depth) to[line.at(index < 0 ? index + depth : index)] = off_on[1];
    });
  });
  return {};
}

/// 1 at the first largest element of each line.
Status hardmax(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto axis = *normal_axis(call.view.integer("axis", -1), in.shape.size());
  return for_float_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    for_each_line(in.shape, axis, [&](const Line& line) {
      std::int64_t best = 0;
      for (std::int64_t at = 1; at < line.count; ++at) {
        if (x[line.at(at)] > x[line.at(best)]) best = at;
      }
      y[line.at(best)] = T{1};
    });
    return {};
  });
}

}  // namespace

void add_pattern_kernels(Kernels& kernels) {
  kernels["EyeLike"] = eye_like;
  kernels["Trilu"] = {trilu, kAsStored};
  kernels["OneHot"] = {one_hot, kAsStored};
  kernels["Hardmax"] = hardmax;
}

}  // namespace quantrail
