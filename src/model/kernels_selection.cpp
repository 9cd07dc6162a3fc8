#include <algorithm>
#include <cstring>
#include <numeric>

#include "model/kernels.h"
#include "model/lines.h"
#include "model/numbers.h"
#include "model/selection.h"
#include "model/shape_math.h"
#include "model/unique.h"

namespace quantrail {
namespace {

/// Copies slices of `data` along `axis` (none: single elements) to `out`, one after the other along that axis.
void take_slices(const Tensor& data, std::optional<std::size_t> axis, std::span<const std::int64_t> slices,
                 Tensor& out) {
  Shape shape = axis ? data.shape : Shape{element_count(data.shape)};
  const auto split = shape.begin() + static_cast<std::ptrdiff_t>(axis.value_or(0));
  const auto outer = element_count({shape.begin(), split});
  const auto block = static_cast<std::size_t>(element_count({split + 1, shape.end()})) * size_of(data.type);
  if (block == 0) return;
  std::byte* to = out.bytes.data();
  for (std::int64_t row = 0; row < outer; ++row) {
    const std::byte* from = data.bytes.data() + static_cast<std::size_t>(row * *split) * block;
    for (const auto slice : slices) {
      std::memcpy(to, from + static_cast<std::size_t>(slice) * block, block);
      to += block;
    }
  }
}

Status compress(const KernelCall& call) {
  const auto axis = optional_axis(call.view);
  if (!axis) return failed(axis);
  take_slices(call.input(0), *axis, non_zeros(call.input(1)), call.output());
  return {};
}

Status non_zero(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto strides = strides_of(in.shape);
  const auto found = non_zeros(in);
  auto* out = call.output().values<std::int64_t>().data();
  if (in.shape.empty()) return {};  // the only element of a scalar has index 0
  for (std::size_t axis = 0; axis < in.shape.size(); ++axis) {
    for (const auto at : found) *out++ = at / strides[axis] % in.shape[axis];
  }
  return {};
}

Status unique(const KernelCall& call) {
  const auto axis = optional_axis(call.view);
  if (!axis) return failed(axis);
  const auto slices = unique_slices(call.input(0), *axis, call.view.integer("sorted", 1) != 0);
  take_slices(call.input(0), *axis, slices.first, call.output());
  const std::array<const std::vector<std::int64_t>*, 3> lists{&slices.first, &slices.inverse, &slices.counts};
  for (std::size_t at = 1; at < call.outputs.size(); ++at) {
    std::copy(lists[at - 1]->begin(), lists[at - 1]->end(), call.outputs[at].values<std::int64_t>().begin());
  }
  return {};
}

/// Whether `a` comes before `b`; NaN is the largest.
template <class T>
bool before(T a, T b, bool largest) {
  const bool a_nan = a != a;
  const bool b_nan = b != b;
  if (a_nan || b_nan) return largest ? a_nan && !b_nan : b_nan && !a_nan;
  return largest ? a > b : a < b;
}

/// Of equal elements the first ones are taken, in their order.
Status top_k(const KernelCall& call) {
  const Tensor& in = call.input(0);
  const auto axis = *normal_axis(call.view.integer("axis", -1), in.shape.size());
  const bool largest = call.view.integer("largest", 1) != 0;
  const auto count = call.output().shape[axis];
  return for_number_type(in.type, [&](auto zero) -> Status {
    using T = decltype(zero);
    const T* x = in.values<T>().data();
    T* y = call.output().values<T>().data();
    auto* where = call.outputs.size() > 1 ? call.outputs[1].values<std::int64_t>().data() : nullptr;
    std::vector<std::int64_t> order(static_cast<std::size_t>(in.shape[axis]));
    for_each_line_pair(in.shape, call.output().shape, axis, [&](const Line& from, const Line& to) {
      std::iota(order.begin(), order.end(), std::int64_t{0});
      std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](std::int64_t a, std::int64_t b) {
        const T left = x[from.at(a)];
        const T right = x[from.at(b)];
        if (before(left, right, largest)) return true;
        return !before(right, left, largest) && a < b;
      });
      for (std::int64_t at = 0; at < count; ++at) {
        y[to.at(at)] = x[from.at(order[static_cast<std::size_t>(at)])];
        if (where != nullptr) where[to.at(at)] = order[static_cast<std::size_t>(at)];
      }
    });
    return {};
  });
}

}  // namespace

void add_selection_kernels(Kernels& kernels) {
  kernels["Compress"] = {compress, kAsStored};
  kernels["NonZero"] = non_zero;
  kernels["Unique"] = {unique, kAsStored};
  kernels["TopK"] = top_k;
}

}  // namespace quantrail
