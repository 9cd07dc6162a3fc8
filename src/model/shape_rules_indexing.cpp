#include <algorithm>

#include "base/text.h"
#include "model/numeric_values.h"
#include "model/selection.h"
#include "model/shape_math.h"
#include "model/unique.h"

namespace quantrail {
namespace {

bool index_type(ElementType type) { return type == ElementType::Int32 || type == ElementType::Int64; }

Status check_indices(const NodeView& view, std::size_t input) {
  if (index_type(view.type(input).type)) return {};
  return fail(Cause::InvalidInput, "indices of type {}", name_of(view.type(input).type));
}

Status check_updates(const NodeView& view, const Shape& shape) {
  const std::string how = string_attribute(view.node(), "reduction", "none");
  const bool known = how == "none" || how == "add" || how == "mul" || how == "max" || how == "min";
  if (!known) return fail(Cause::InvalidInput, "reduction '{}' is none of none, add, mul, max, min", printable(how));
  if (view.shape(2) == shape && view.type(2).type == view.type(0).type) return {};
  return fail(Cause::InvalidInput, "updates {} {} where {} {} are needed", name_of(view.type(2).type),
              shape_text(view.shape(2)), name_of(view.type(0).type), shape_text(shape));
}

Result<Types> scatter_elements(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", 0), view.rank(0));
  if (!axis) return failed(axis);
  if (auto ok = check_indices(view, 1); !ok) return failed(ok);
  bool fits = view.rank(1) == view.rank(0);
  for (std::size_t at = 0; fits && at < view.rank(0); ++at)
    fits = at == *axis || view.shape(1)[at] <= view.shape(0)[at];
  if (!fits)
    return fail(Cause::InvalidInput, "indices of shape {} into {}", shape_text(view.shape(1)),
                shape_text(view.shape(0)));
  if (auto ok = check_updates(view, view.shape(1)); !ok) return failed(ok);
  return Types{view.type(0)};
}

/// What tuples along the last axis of input 1 index: the axes of input 0 behind the first `batches`.
Status check_tuples(const NodeView& view, std::size_t batches) {
  if (view.type(1).type != ElementType::Int64)
    return fail(Cause::InvalidInput, "indices of type {}", name_of(view.type(1).type));
  const Shape& indices = view.shape(1);
  const Shape& data = view.shape(0);
  bool fits = indices.size() > batches && data.size() > batches &&
              indices.back() <= static_cast<std::int64_t>(data.size() - batches);
  for (std::size_t axis = 0; fits && axis < batches; ++axis) fits = indices[axis] == data[axis];
  if (fits) return {};
  return fail(Cause::InvalidInput, "indices of shape {} into {}", shape_text(indices), shape_text(data));
}

Shape indexed_shape(const NodeView& view, std::size_t batches) {
  const Shape& indices = view.shape(1);
  const Shape& data = view.shape(0);
  Shape shape(indices.begin(), indices.end() - 1);
  shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(batches) + indices.back(), data.end());
  return shape;
}

Result<Types> scatter_nd(const NodeView& view) {
  if (auto ok = check_tuples(view, 0); !ok) return failed(ok);
  if (auto ok = check_updates(view, indexed_shape(view, 0)); !ok) return failed(ok);
  return Types{view.type(0)};
}

Result<Types> gather_nd(const NodeView& view) {
  const auto batches = view.integer("batch_dims", 0);
  if (batches < 0) return fail(Cause::InvalidInput, "batch_dims is {}", batches);
  if (auto ok = check_tuples(view, static_cast<std::size_t>(batches)); !ok) return failed(ok);
  return Types{{view.type(0).type, indexed_shape(view, static_cast<std::size_t>(batches))}};
}

Result<Types> compress(const NodeView& view) {
  const auto axis = optional_axis(view);
  if (!axis) return failed(axis);
  if (view.type(1).type != ElementType::Bool || view.rank(1) != 1)
    return fail(Cause::InvalidInput, "its condition must be a list of bools");
  const auto condition = view.value(1, "its condition");
  if (!condition) return failed(condition);
  const auto kept = non_zeros(**condition);
  const auto size = *axis ? view.shape(0)[**axis] : element_count(view.shape(0));
  if (!kept.empty() && kept.back() >= size)
    return fail(Cause::InvalidInput, "its condition takes element {} of {}", kept.back(), size);
  TensorType type{view.type(0).type, *axis ? view.shape(0) : Shape{0}};
  type.shape[axis->value_or(0)] = static_cast<std::int64_t>(kept.size());
  return Types{std::move(type)};
}

Result<Types> non_zero(const NodeView& view) {
  const auto data = view.value(0, "what it searches");
  if (!data) return failed(data);
  const auto rank = std::max<std::int64_t>(1, static_cast<std::int64_t>(view.rank(0)));
  return Types{{ElementType::Int64, {rank, static_cast<std::int64_t>(non_zeros(**data).size())}}};
}

Result<Types> unique(const NodeView& view) {
  const auto axis = optional_axis(view);
  if (!axis) return failed(axis);
  const auto data = view.value(0, "what it searches");
  if (!data) return failed(data);
  const auto slices = unique_slices(**data, *axis, view.integer("sorted", 1) != 0);
  const auto count = static_cast<std::int64_t>(slices.first.size());
  TensorType type{view.type(0).type, *axis ? view.shape(0) : Shape{0}};
  type.shape[axis->value_or(0)] = count;
  const TensorType each{ElementType::Int64, {count}};
  return Types{std::move(type), each, {ElementType::Int64, {static_cast<std::int64_t>(slices.inverse.size())}}, each};
}

Result<Types> top_k(const NodeView& view) {
  const auto axis = normal_axis(view.integer("axis", -1), view.rank(0));
  if (!axis) return failed(axis);
  const auto count = view.integers(1, "its number of elements");
  if (!count) return failed(count);
  if (view.type(0).type == ElementType::Bool) return fail(Cause::InvalidInput, "needs numbers, not bool");
  TensorType type = view.type(0);
  auto& size = type.shape[*axis];
  if (count->size() != 1 || count->front() < 0 || count->front() > size)
    return fail(Cause::InvalidInput, "the first {} of {} elements", shape_text(*count), size);
  size = count->front();
  return Types{type, {ElementType::Int64, type.shape}};
}

Result<Types> one_hot(const NodeView& view) {
  const auto depth = view.value(1, "its depth");
  if (!depth) return failed(depth);
  if (element_count(view.shape(1)) != 1 || checked_count(view.shape(2)) != 2)
    return fail(Cause::InvalidInput, "needs one depth and two values");
  const auto size = whole_numbers(**depth).front();
  if (size < 0) return fail(Cause::InvalidInput, "a depth of {}", size);
  const auto axis = normal_axis(view.integer("axis", -1), view.rank(0) + 1);
  if (!axis) return failed(axis);
  TensorType type{view.type(2).type, view.shape(0)};
  type.shape.insert(type.shape.begin() + static_cast<std::ptrdiff_t>(*axis), size);
  return Types{std::move(type)};
}

Result<Types> eye_like(const NodeView& view) {
  if (view.rank(0) != 2) return fail(Cause::InvalidInput, "needs a matrix, not shape {}", shape_text(view.shape(0)));
  if (!view.node().attributes.contains("dtype")) return Types{view.type(0)};
  const auto type = element_type_numbered(view.integer("dtype", 0));
  if (!type) return failed(type);
  return Types{{*type, view.shape(0)}};
}

Result<Types> trilu(const NodeView& view) {
  if (view.rank(0) < 2) return fail(Cause::InvalidInput, "needs matrices, not shape {}", shape_text(view.shape(0)));
  return Types{view.type(0)};
}

Result<Types> cumulative_sum(const NodeView& view) {
  if (view.type(0).type == ElementType::Bool) return fail(Cause::InvalidInput, "needs numbers, not bool");
  return Types{view.type(0)};
}

Result<Types> reverse_sequence(const NodeView& view) {
  const auto batch = normal_axis(view.integer("batch_axis", 1), view.rank(0));
  if (!batch) return failed(batch);
  const auto time = normal_axis(view.integer("time_axis", 0), view.rank(0));
  if (!time) return failed(time);
  if (auto ok = check_indices(view, 1); !ok) return failed(ok);
  if (*batch == *time || view.shape(1) != Shape{view.shape(0)[*batch]})
    return fail(Cause::InvalidInput, "lengths of shape {} for {} with time axis {} and batch axis {}",
                shape_text(view.shape(1)), shape_text(view.shape(0)), *time, *batch);
  return Types{view.type(0)};
}

Result<Types> determinant(const NodeView& view) {
  const Shape& shape = view.shape(0);
  if (shape.size() < 2 || shape.back() != shape[shape.size() - 2] || !is_float(view.type(0).type))
    return fail(Cause::InvalidInput, "needs square matrices of floats, not shape {}", shape_text(shape));
  return Types{{view.type(0).type, {shape.begin(), shape.end() - 2}}};
}

}  // namespace

void add_indexing_rules(ShapeRules& rules) {
  rules["ScatterElements"] = {scatter_elements, 3, 3};
  rules["ScatterND"] = {scatter_nd, 3, 3};
  rules["GatherND"] = {gather_nd, 2, 2};
  rules["Compress"] = {compress, 2, 2};
  rules["NonZero"] = {non_zero, 1, 1};
  rules["Unique"] = {unique, 1, 1};
  rules["TopK"] = {top_k, 2, 2};
  rules["OneHot"] = {one_hot, 3, 3};
  rules["EyeLike"] = {eye_like, 1, 1};
  rules["Trilu"] = {trilu, 1, 2};
  rules["CumSum"] = {cumulative_sum, 2, 2};
  rules["ReverseSequence"] = {reverse_sequence, 2, 2};
  rules["Det"] = {determinant, 1, 1};
}

}  // namespace quantrail
