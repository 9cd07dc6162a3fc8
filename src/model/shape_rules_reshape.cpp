#include <algorithm>
#include <array>
#include <cmath>

#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

Result<Types> reshape(const NodeView& view) {
  auto wanted = view.integers(1, "its shape");
  if (!wanted) return failed(wanted);
  const Shape& from = view.shape(0);
  const bool zero_is_zero = view.integer("allowzero", 0) != 0;
  std::optional<std::size_t> open;
  Shape known;
  for (std::size_t axis = 0; axis < wanted->size(); ++axis) {
    auto& size = (*wanted)[axis];
    if (size == 0 && !zero_is_zero) {
      if (axis >= from.size())
        return fail(Cause::InvalidInput, "shape {} copies axis {} of {}", shape_text(*wanted), axis, shape_text(from));
      size = from[axis];
    }
    if (size < -1 || (size == -1 && open))
      return fail(Cause::InvalidInput, "shape {} is not valid", shape_text(*wanted));
    if (size == -1)
      open = axis;
    else
      known.push_back(size);
  }
  const auto total = checked_count(from);
  const auto rest = checked_count(known);
  const bool fits = total && rest && (open ? *rest > 0 && *total % *rest == 0 : *rest == *total);
  if (!fits) return fail(Cause::InvalidInput, "{} cannot be reshaped to {}", shape_text(from), shape_text(*wanted));
  if (open) (*wanted)[*open] = *total / *rest;
  return Types{{view.type(0).type, std::move(*wanted)}};
}

Result<Types> flatten(const NodeView& view) {
  const auto rank = static_cast<std::int64_t>(view.rank(0));
  auto axis = view.integer("axis", 1);
  if (axis < -rank || axis > rank) return fail(Cause::InvalidInput, "axis {} does not exist at rank {}", axis, rank);
  if (axis < 0) axis += rank;
  const Shape& from = view.shape(0);
  return Types{
      {view.type(0).type,
       {element_count({from.begin(), from.begin() + axis}), element_count({from.begin() + axis, from.end()})}}};
}

Result<Types> squeeze(const NodeView& view) {
  TensorType type{view.type(0).type, {}};
  const Shape& from = view.shape(0);
  std::vector<std::int64_t> named;
  if (view.has(1)) {
    auto axes = view.integers(1, "its axes");
    if (!axes) return failed(axes);
    named = std::move(*axes);
  } else {
    for (std::size_t axis = 0; axis < from.size(); ++axis) {
      if (from[axis] == 1) named.push_back(static_cast<std::int64_t>(axis));
    }
  }
  const auto axes = normal_axes(named, from.size());
  if (!axes) return failed(axes);
  for (std::size_t axis = 0; axis < from.size(); ++axis) {
    if (!std::binary_search(axes->begin(), axes->end(), axis)) {
      type.shape.push_back(from[axis]);
    } else if (from[axis] != 1) {
      return fail(Cause::InvalidInput, "axis {} of {} is not 1", axis, shape_text(from));
    }
  }
  return Types{std::move(type)};
}

Result<Types> unsqueeze(const NodeView& view) {
  const auto named = view.integers(1, "its axes");
  if (!named) return failed(named);
  const auto axes = normal_axes(*named, view.rank(0) + named->size());
  if (!axes) return failed(axes);
  TensorType type = view.type(0);
  for (const auto axis : *axes) type.shape.insert(type.shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return Types{std::move(type)};
}

Result<Types> expand(const NodeView& view) {
  const auto wanted = view.integers(1, "its shape");
  if (!wanted) return failed(wanted);
  auto shape = broadcast(view.shape(0), *wanted);
  if (!shape) return failed(shape);
  return Types{{view.type(0).type, std::move(*shape)}};
}

Result<Types> shape(const NodeView& view) {
  return Types{{ElementType::Int64, shape_value(view.node(), view.shape(0))->shape}};
}

Result<Types> size(const NodeView&) { return Types{{ElementType::Int64, {}}}; }

Result<Types> constant_of_shape(const NodeView& view) {
  auto wanted = view.integers(0, "its shape");
  if (!wanted) return failed(wanted);
  ElementType type = ElementType::Float32;
  if (const auto found = view.node().attributes.find("value"); found != view.node().attributes.end()) {
    const auto* value = std::get_if<TensorPtr>(&found->second);
    if (value == nullptr || element_count((*value)->shape) != 1)
      return fail(Cause::InvalidInput, "its value must be a single number");
    type = (*value)->type;
  }
  return Types{{type, std::move(*wanted)}};
}

Result<double> single(const NodeView& view, std::size_t input, std::string_view what) {
  const auto value = view.value(input, what);
  if (!value) return failed(value);
  if (element_count((*value)->shape) != 1) return fail(Cause::InvalidInput, "{} must be one number", what);
  switch ((*value)->type) {
    case ElementType::Float64: return (*value)->values<double>()[0];
    case ElementType::Float32:
    case ElementType::BFloat16:
    case ElementType::Float16: return floats_of(**value)[0];
    default: return static_cast<double>(integers_of(**value)[0]);
  }
}

Result<Types> range(const NodeView& view) {
  const auto start = single(view, 0, "its start");
  if (!start) return failed(start);
  const auto limit = single(view, 1, "its limit");
  if (!limit) return failed(limit);
  const auto delta = single(view, 2, "its step");
  if (!delta) return failed(delta);
  if (view.type(1).type != view.type(0).type || view.type(2).type != view.type(0).type) {
    return fail(Cause::InvalidInput, "its bounds differ in type");
  }
  const double count = std::ceil((*limit - *start) / *delta);
  if (*delta == 0.0 || !(count < 1e12))
    return fail(Cause::InvalidInput, "from {} to {} in steps of {}", *start, *limit, *delta);
  return Types{{view.type(0).type, {static_cast<std::int64_t>(std::max(count, 0.0))}}};
}

}  // namespace

std::optional<Tensor> shape_value(const Node& node, const Shape& input) {
  if (node.op == "Size") return Tensor::of<std::int64_t>({}, std::array{element_count(input)});
  if (node.op != "Shape") return std::nullopt;
  const auto rank = static_cast<std::int64_t>(input.size());
  const auto bound = [&](std::string_view key, std::int64_t otherwise) {
    const auto given = int_attribute(node, key, otherwise);
    return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
  };
  const auto first = bound("start", 0);
  const auto last = std::max(first, bound("end", rank));
  const Shape part(input.begin() + first, input.begin() + last);
  return Tensor::of<std::int64_t>({last - first}, part);
}

void add_reshape_rules(ShapeRules& rules) {
  rules["Reshape"] = {reshape, 2, 2};
  rules["Flatten"] = {flatten, 1, 1};
  rules["Squeeze"] = {squeeze, 1, 2};
  rules["Unsqueeze"] = {unsqueeze, 2, 2};
  rules["Expand"] = {expand, 2, 2};
  rules["Shape"] = {shape, 1, 1};
  rules["Size"] = {size, 1, 1};
  rules["ConstantOfShape"] = {constant_of_shape, 1, 1};
  rules["Range"] = {range, 3, 3};
}

}  // namespace quantrail
