#include <algorithm>
#include <map>

#include "model/shape_math.h"
#include "runtime/emission.h"
#include "runtime/kernels_reduce.h"

namespace quantrail {
namespace {

using kernels::AxisShape;
using kernels::Reduction;

/// Axes [first, last) of `shape` taken as one.
AxisShape around(const Shape& shape, std::size_t first, std::size_t last) {
  AxisShape sizes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    (axis < first ? sizes.outer : axis < last ? sizes.axis : sizes.inner) *= shape[axis];
  }
  return sizes;
}

/// Ascending axes of a reduction; nothing when they are not known at build.
std::optional<std::vector<std::size_t>> reduced_axes(const Emission& e) {
  std::vector<std::int64_t> axes = ints_attribute(e.node(), "axes", {});
  if (e.has_input(1)) {
    if (e.constant(1) == nullptr) return std::nullopt;
    axes = integers_of(*e.constant(1));
  }
  if (axes.empty()) return std::nullopt;
  auto known = normal_axes(axes, e.shape(0).size());
  if (!known) return std::nullopt;
  return *known;
}

bool neighbours(const std::vector<std::size_t>& axes) { return axes.back() - axes.front() + 1 == axes.size(); }

template <class Kernel>
Status emit_along(const Emission& e, Layout layout, Kernel kernel) {
  auto source = e.read_float(0, layout);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, Layout::Plain});
  e.step({*source}, {result}, [kernel, from = *source, result](const Bindings& at) {
    return action(
        [kernel, source = at.source<float>(from), target = at.target<float>(result)] { kernel(source, target); });
  });
  return {};
}

}  // namespace

Status emit_softmax(const Emission& e) {
  if (!e.is_float(0)) return emit_interpreted(e);
  auto axis = normal_axis(int_attribute(e.node(), "axis", -1), e.shape(0).size());
  if (!axis) return failed(axis, e.where());
  const AxisShape shape = around(e.shape(0), *axis, *axis + 1);
  return emit_along(e, Layout::Plain, [shape](auto source, auto target) { kernels::softmax(source, shape, target); });
}

Status emit_reduce(const Emission& e) {
  static const std::map<std::string_view, Reduction> kReductions{{"ReduceMean", Reduction::Mean},
                                                                 {"ReduceSum", Reduction::Sum},
                                                                 {"ReduceMax", Reduction::Max},
                                                                 {"ReduceMin", Reduction::Min}};
  const auto axes = reduced_axes(e);
  if (!e.is_float(0) || !axes || !neighbours(*axes)) return emit_interpreted(e);
  const Shape& shape = e.shape(0);
  const bool spatial = axes->front() == 2 && axes->back() + 1 == shape.size();
  // All spatial axes together leave [N, C], which needs no reordering before nor behind.
  const bool in_place = spatial && e.builder().layout(e.node().inputs[0]) == Layout::ChannelsLast;
  const AxisShape along = in_place ? AxisShape{shape[0], channels_of(shape).spatial, shape[1]}
                                   : around(shape, axes->front(), axes->back() + 1);
  return emit_along(e, in_place ? Layout::ChannelsLast : Layout::Plain,
                    [along, reduction = kReductions.at(e.node().op)](auto source, auto target) {
                      kernels::reduce(reduction, source, along, target);
                    });
}

}  // namespace quantrail
