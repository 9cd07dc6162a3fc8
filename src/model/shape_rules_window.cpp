#include <algorithm>

#include "model/operand_checks.h"
#include "model/shape_math.h"
#include "model/window.h"

namespace quantrail {
namespace {

Shape spatial_of(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

Shape with_spatial(std::int64_t batch, std::int64_t channels, const Shape& spatial) {
  Shape shape{batch, channels};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

/// The result of a convolution of input 0 with the weights in input `weights`.
Result<Shape> convolved_shape(const NodeView& view, std::size_t weights) {
  const Shape& x = view.shape(0);
  const Shape& w = view.shape(weights);
  const auto groups = view.integer("group", 1);
  const bool ranks = x.size() >= 3 && w.size() == x.size();
  if (!ranks || groups < 1 || w[0] < 1 || w[0] % groups != 0 || x[1] % groups != 0 || x[1] / groups != w[1]) {
    return fail(Cause::InvalidInput, "an input of shape {} with weights of shape {} in {} groups", shape_text(x),
                shape_text(w), groups);
  }
  const auto window = window_of(view.node(), spatial_of(x), spatial_of(w));
  if (!window) return failed(window);
  const auto sizes = windows_fitting(*window, spatial_of(x), false);
  if (!sizes) return failed(sizes);
  return with_spatial(x[0], w[0], *sizes);
}

Result<Types> conv(const NodeView& view) {
  auto shape = convolved_shape(view, 1);
  if (!shape) return failed(shape);
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  if (auto ok = check_shape(view, 2, {view.shape(1)[0]}, "its bias"); !ok) return failed(ok);
  return Types{{view.type(0).type, std::move(*shape)}};
}

/// Inputs: x, weights, how far each element of the window is moved, bias, factors of these elements.
Result<Types> deform_conv(const NodeView& view) {
  auto shape = convolved_shape(view, 1);
  if (!shape) return failed(shape);
  if (shape->size() != 4)
    return fail(Cause::Unsupported, "{} spatial axes are not supported, 2 are", shape->size() - 2);
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  const Shape& w = view.shape(1);
  const auto groups = view.integer("offset_group", 1);
  if (groups < 1 || groups > x[1] || x[1] % groups != 0)
    return fail(Cause::InvalidInput, "{} channels are not divided by an offset_group of {}", x[1], groups);
  const auto elements = checked_count({groups, w[2], w[3], 2});
  if (!elements) return fail(Cause::InvalidInput, "weights of shape {} are too large", shape_text(w));
  const Shape moved{x[0], *elements, (*shape)[2], (*shape)[3]};
  if (auto ok = check_shape(view, 2, moved, "its offset"); !ok) return failed(ok);
  if (auto ok = check_shape(view, 3, {w[0]}, "its bias"); !ok) return failed(ok);
  const Shape weighed{x[0], *elements / 2, (*shape)[2], (*shape)[3]};
  if (auto ok = check_shape(view, 4, weighed, "its mask"); !ok) return failed(ok);
  return Types{{view.type(0).type, std::move(*shape)}};
}

/// One zero point for all weights or one per output channel.
Status check_weight_zeros(const NodeView& view, std::size_t input, std::size_t weights) {
  if (!view.has(input) || checked_count(view.shape(input)) == 1) return {};
  return check_shape(view, input, {view.shape(weights)[0]}, "the weights' zero point");
}

Result<Types> conv_integer(const NodeView& view) {
  auto shape = convolved_shape(view, 1);
  if (!shape) return failed(shape);
  for (std::size_t input = 0; input < 4; ++input)
    if (auto ok = check_codes(view, input); !ok) return failed(ok);
  if (auto ok = check_single(view, 2, "the input's zero point"); !ok) return failed(ok);
  if (auto ok = check_weight_zeros(view, 3, 1); !ok) return failed(ok);
  return Types{{ElementType::Int32, std::move(*shape)}};
}

/// Inputs: x, scale, zero point; weights, scales, zero points; result's scale, zero point; bias.
Result<Types> qlinear_conv(const NodeView& view) {
  auto shape = convolved_shape(view, 3);
  if (!shape) return failed(shape);
  for (const std::size_t input : {0U, 2U, 3U, 5U, 7U})
    if (auto ok = check_codes(view, input); !ok) return failed(ok);
  for (const std::size_t input : {1U, 4U, 6U})
    if (auto ok = check_floats(view, input); !ok) return failed(ok);
  for (const std::size_t input : {1U, 2U, 6U, 7U})
    if (auto ok = check_single(view, input, "scales and zero points of whole tensors"); !ok) return failed(ok);
  for (const std::size_t input : {4U, 5U})
    if (auto ok = check_weight_zeros(view, input, 3); !ok) return failed(ok);
  if (auto ok = check_shape(view, 8, {view.shape(3)[0]}, "its bias"); !ok) return failed(ok);
  if (view.has(8) && view.type(8).type != ElementType::Int32)
    return fail(Cause::InvalidInput, "its bias must be int32, not {}", name_of(view.type(8).type));
  return Types{{view.type(7).type, std::move(*shape)}};
}

Result<Types> conv_transpose(const NodeView& view) {
  const Shape& x = view.shape(0);
  const Shape& w = view.shape(1);
  const auto groups = view.integer("group", 1);
  const bool ranks = x.size() >= 3 && w.size() == x.size();
  if (!ranks || groups < 1 || w[1] < 1 || x[1] != w[0] || x[1] % groups != 0 || groups > x[1]) {
    return fail(Cause::InvalidInput, "an input of shape {} with weights of shape {} in {} groups", shape_text(x),
                shape_text(w), groups);
  }
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  if (auto ok = check_one_type(view); !ok) return failed(ok);
  if (auto ok = check_shape(view, 2, {w[1] * groups}, "its bias"); !ok) return failed(ok);
  const auto window = transposed_window_of(view.node(), spatial_of(x), spatial_of(w));
  if (!window) return failed(window);
  const auto extra = ints_attribute(view.node(), "output_padding", std::vector<std::int64_t>(x.size() - 2, 0));
  Shape sizes;
  for (std::size_t axis = 0; axis + 2 < x.size(); ++axis) {
    sizes.push_back(window->strides[axis] * (x[axis + 2] - 1) + extra[axis] + extent(*window, axis) -
                    window->pads_begin[axis] - window->pads_end[axis]);
  }
  return Types{{view.type(0).type, with_spatial(x[0], w[1] * groups, sizes)}};
}

/// A window that is all padding would have no maximum and no mean.
Status check_pads(const Window& window) {
  for (std::size_t axis = 0; axis < window.kernel.size(); ++axis) {
    const auto pad = std::max(window.pads_begin[axis], window.pads_end[axis]);
    if (pad < extent(window, axis)) continue;
    return fail(Cause::InvalidInput, "pads of {} for a window of {}; they must be smaller", pad, extent(window, axis));
  }
  return {};
}

Result<Types> pool(const NodeView& view) {
  if (auto ok = check_spatial(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  const auto window = window_of(view.node(), spatial_of(x), {});
  if (!window) return failed(window);
  if (auto ok = check_pads(*window); !ok) return failed(ok);
  const auto sizes = windows_fitting(*window, spatial_of(x), view.integer("ceil_mode", 0) != 0);
  if (!sizes) return failed(sizes);
  const Shape shape = with_spatial(x[0], x[1], *sizes);
  if (view.node().op == "MaxPool") return Types{{view.type(0).type, shape}, {ElementType::Int64, shape}};
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  return Types{{view.type(0).type, shape}};
}

Result<Types> global_pool(const NodeView& view) {
  if (auto ok = check_spatial(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  return Types{{view.type(0).type, with_spatial(x[0], x[1], Shape(x.size() - 2, 1))}};
}

Result<Types> max_unpool(const NodeView& view) {
  if (auto ok = check_spatial(view); !ok) return failed(ok);
  const Shape& x = view.shape(0);
  if (view.type(1).type != ElementType::Int64 || view.shape(1) != x)
    return fail(Cause::InvalidInput, "its indices must be int64 of the input's shape");
  auto inferred = unpooled_shape(view.node(), x);
  if (!inferred) return failed(inferred);
  if (!view.has(2)) return Types{{view.type(0).type, std::move(*inferred)}};
  auto wanted = view.integers(2, "its output shape");
  if (!wanted) return failed(wanted);
  if (wanted->size() != x.size() || (*wanted)[0] != x[0] || (*wanted)[1] != x[1]) {
    return fail(Cause::InvalidInput, "an output shape of {} for an input of {}", shape_text(*wanted), shape_text(x));
  }
  return Types{{view.type(0).type, std::move(*wanted)}};
}

}  // namespace

void add_window_rules(ShapeRules& rules) {
  rules["Conv"] = {conv, 2, 3};
  rules["DeformConv"] = {deform_conv, 3, 5};
  rules["ConvInteger"] = {conv_integer, 2, 4};
  rules["QLinearConv"] = {qlinear_conv, 8, 9};
  rules["ConvTranspose"] = {conv_transpose, 2, 3};
  for (const auto op : {"MaxPool", "AveragePool", "LpPool"}) rules[op] = {pool, 1, 1};
  for (const auto op : {"GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"}) rules[op] = {global_pool, 1, 1};
  rules["MaxUnpool"] = {max_unpool, 2, 3};
}

}  // namespace quantrail
