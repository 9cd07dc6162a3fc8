#include "model/shape_math.h"
#include "runtime/axis_shape.h"
#include "runtime/emission.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::AxisShape;

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
  const auto group = static_cast<std::size_t>(shape.axis * shape.inner);
  return emit_along(e, Layout::Plain, [shape, group, threads = e.threads()](auto source, auto target) {
    shared_work(threads, source.size(), group, [&](std::size_t first, std::size_t last, std::size_t) {
      AxisShape part = shape;
      part.outer = static_cast<std::int64_t>((last - first) / group);
      kernels::softmax(source.subspan(first, last - first), part, target.subspan(first, last - first));
    });
  });
}

}  // namespace quantrail
