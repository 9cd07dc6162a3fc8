#include "model/shape_math.h"
#include "model/strided.h"
#include "runtime/emission.h"
#include "runtime/kernels_cumulate.h"
#include "runtime/kernels_gather.h"

namespace quantrail {

Status emit_cumulative_sum(const Emission& e) {
  const auto given = e.constant(1);
  if (!e.is_float(0) || given == nullptr || element_count(given->shape) != 1) return emit_interpreted(e);
  const Shape& shape = e.shape(0);
  const auto axis = normal_axis(integers_of(*given)[0], shape.size());
  if (!axis) return emit_interpreted(e);
  kernels::AxisShape along;
  for (std::size_t at = 0; at < shape.size(); ++at)
    (at < *axis ? along.outer : at == *axis ? along.axis : along.inner) *= shape[at];
  const kernels::Cumulation how{int_attribute(e.node(), "exclusive", 0) != 0,
                                int_attribute(e.node(), "reverse", 0) != 0};
  const auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  const auto to = e.builder().write(e.result(), {Numeric::Float, Layout::Plain});
  e.step({*source}, {to}, [=, from = *source](const Bindings& at) {
    return action(
        [=, src = at.source<float>(from), dst = at.target<float>(to)] { kernels::cumulate(src, along, how, dst); });
  });
  return {};
}

Status emit_gather_elements(const Emission& e) {
  const Shape& shape = e.shape(0);
  const auto axis = normal_axis(int_attribute(e.node(), "axis", 0), shape.size());
  const bool wide = e.builder().type(e.node().inputs[1]).type == ElementType::Int64;
  if (!e.is_float(0) || !axis || !wide || shape.size() != e.result_shape().size()) return emit_interpreted(e);
  const auto source = e.read_float(0, Layout::Plain);
  if (!source) return failed(source);
  const auto indices = e.builder().read(e.node().inputs[1], {});
  if (!indices) return failed(indices, e.where());
  const auto to = e.builder().write(e.result(), {Numeric::Float, Layout::Plain});
  auto strides = strides_of(shape);
  const kernels::ElementRows rows{e.result_shape().back(), *axis + 1 == shape.size() ? 0 : 1, shape[*axis],
                                  strides[*axis]};
  strides[*axis] = 0;
  e.step({*source, *indices}, {to},
         [=, from = *source, at_indices = *indices, name = e.where(),
          result = e.result_shape()](const Bindings& at) -> Action {
           return [=, src = at.source<float>(from), positions = at.source<std::int64_t>(at_indices),
                   dst = at.target<float>(to)]() -> Status {
             std::optional<std::int64_t> wrong;
             for_each_row<2>(result, {strides, strides_of(result)}, [&](const auto& offsets, auto, const auto&) {
               if (!wrong)
                 wrong = kernels::gather_row(src.data() + offsets[0], rows, positions.data() + offsets[1],
                                             dst.data() + offsets[1]);
             });
             if (!wrong) return {};
             return fail(Cause::InvalidInput, "{}: index {} on an axis of {}", name, *wrong, rows.axis);
           };
         });
  return {};
}

}  // namespace quantrail
