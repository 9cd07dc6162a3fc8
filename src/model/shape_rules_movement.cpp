#include <algorithm>
#include <numeric>

#include "model/shape_math.h"
#include "model/shape_rules.h"
#include "model/slicing.h"

namespace quantrail {
namespace {

Result<Types> concat(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  TensorType type = view.type(0);
  for (std::size_t input = 1; input < view.inputs(); ++input) {
    if (!view.has(input)) return fail(Cause::InvalidInput, "input {} is missing", input);
    Shape rest = view.shape(input);
    if (view.type(input).type != type.type || rest.size() != type.shape.size()) {
      return fail(Cause::InvalidInput, "input {} ({} {}) does not fit input 0 ({} {})", input,
                  name_of(view.type(input).type), shape_text(rest), name_of(type.type), shape_text(view.shape(0)));
    }
    const auto added = std::exchange(rest[*axis], type.shape[*axis]);
    if (rest != type.shape) {
      return fail(Cause::InvalidInput, "input {} of shape {} does not fit {} along axis {}", input,
                  shape_text(view.shape(input)), shape_text(view.shape(0)), *axis);
    }
    type.shape[*axis] += added;
  }
  return Types{std::move(type)};
}

/// Sizes of the parts of a Split; an even split puts the smaller part last.
Result<std::vector<std::int64_t>> part_sizes(const NodeView& view, std::int64_t size) {
  if (view.has(1)) return view.integers(1, "its part sizes");
  const auto parts = view.integer("num_outputs", static_cast<std::int64_t>(view.node().outputs.size()));
  if (parts < 1 || parts != static_cast<std::int64_t>(view.node().outputs.size())) {
    return fail(Cause::InvalidInput, "num_outputs is {} for {} outputs", parts, view.node().outputs.size());
  }
  const auto part = (size + parts - 1) / parts;
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(parts), part);
  sizes.back() = size - part * (parts - 1);
  return sizes;
}

Result<Types> split(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  const auto size = view.shape(0)[*axis];
  const auto sizes = part_sizes(view, size);
  if (!sizes) return failed(sizes);
  const bool negative = std::any_of(sizes->begin(), sizes->end(), [&](auto part) { return part < 0 || part > size; });
  if (negative || sizes->size() != view.node().outputs.size() ||
      std::accumulate(sizes->begin(), sizes->end(), std::int64_t{0}) != size) {
    return fail(Cause::InvalidInput, "parts {} for {} outputs of an axis of {}", shape_text(*sizes),
                view.node().outputs.size(), size);
  }
  Types types(sizes->size(), view.type(0));
  for (std::size_t part = 0; part < sizes->size(); ++part) types[part].shape[*axis] = (*sizes)[part];
  return types;
}

Result<Types> slice(const NodeView& view) {
  const auto axes = slice_of(view);
  if (!axes) return failed(axes);
  TensorType type = view.type(0);
  for (std::size_t axis = 0; axis < axes->size(); ++axis) type.shape[axis] = (*axes)[axis].count;
  return Types{std::move(type)};
}

Result<Types> pad(const NodeView& view) {
  const auto padding = padding_of(view);
  if (!padding) return failed(padding);
  TensorType type = view.type(0);
  for (std::size_t axis = 0; axis < type.shape.size(); ++axis)
    type.shape[axis] += padding->begin[axis] + padding->end[axis];
  return Types{std::move(type)};
}

bool index_type(ElementType type) { return type == ElementType::Int32 || type == ElementType::Int64; }

Result<Types> gather(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  if (!index_type(view.type(1).type))
    return fail(Cause::InvalidInput, "indices of type {}", name_of(view.type(1).type));
  const Shape& data = view.shape(0);
  Shape shape(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(*axis));
  shape.insert(shape.end(), view.shape(1).begin(), view.shape(1).end());
  shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(*axis) + 1, data.end());
  return Types{{view.type(0).type, std::move(shape)}};
}

Result<Types> gather_elements(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  bool fits = view.rank(0) == view.rank(1) && index_type(view.type(1).type);
  for (std::size_t at = 0; fits && at < view.rank(0); ++at)
    fits = at == *axis || view.shape(1)[at] <= view.shape(0)[at];
  if (!fits)
    return fail(Cause::InvalidInput, "indices of shape {} into {}", shape_text(view.shape(1)),
                shape_text(view.shape(0)));
  return Types{{view.type(0).type, view.shape(1)}};
}

Result<Types> transpose(const NodeView& view) {
  std::vector<std::int64_t> order(view.rank(0));
  std::iota(order.rbegin(), order.rend(), std::int64_t{0});
  order = ints_attribute(view.node(), "perm", std::move(order));
  const auto axes = normal_axes(order, view.rank(0));
  if (!axes) return failed(axes);
  if (axes->size() != view.rank(0))
    return fail(Cause::InvalidInput, "perm {} at rank {}", shape_text(order), view.rank(0));
  TensorType type{view.type(0).type, {}};
  for (const auto axis : order) type.shape.push_back(view.shape(0)[*normal_axis(axis, view.rank(0))]);
  return Types{std::move(type)};
}

Result<Types> tile(const NodeView& view) {
  const auto repeats = view.integers(1, "its repeats");
  if (!repeats) return failed(repeats);
  TensorType type = view.type(0);
  if (repeats->size() != type.shape.size())
    return fail(Cause::InvalidInput, "{} repeats at rank {}", repeats->size(), type.shape.size());
  for (std::size_t axis = 0; axis < type.shape.size(); ++axis) {
    const auto count = checked_count({type.shape[axis], (*repeats)[axis]});
    if (!count) return fail(Cause::InvalidInput, "{} repeats of an axis of {}", (*repeats)[axis], type.shape[axis]);
    type.shape[axis] = *count;
  }
  return Types{std::move(type)};
}

}  // namespace

void add_movement_rules(ShapeRules& rules) {
  rules["Concat"] = {concat, 1, kAnyNumber};
  rules["Split"] = {split, 1, 2};
  rules["Slice"] = {slice, 3, 5};
  rules["Pad"] = {pad, 2, 4};
  rules["Gather"] = {gather, 2, 2};
  rules["GatherElements"] = {gather_elements, 2, 2};
  rules["Transpose"] = {transpose, 1, 1};
  rules["Tile"] = {tile, 2, 2};
}

}  // namespace quantrail
