#include <algorithm>

#include "model/image_blocks.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

Result<Types> columns_to_image(const NodeView& view) {
  const auto blocks = image_blocks(view);
  if (!blocks) return failed(blocks);
  TensorType type{view.type(0).type, {view.shape(0)[0], view.shape(0)[1] / element_count(blocks->block)}};
  type.shape.insert(type.shape.end(), blocks->image.begin(), blocks->image.end());
  return Types{std::move(type)};
}

Result<Types> center_crop_pad(const NodeView& view) {
  const auto sizes = view.integers(1, "its shape");
  if (!sizes) return failed(sizes);
  TensorType type = view.type(0);
  auto axes = view.ints("axes");
  if (!view.node().attributes.contains("axes")) {
    for (std::size_t axis = 0; axis < view.rank(0); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  if (const auto valid = normal_axes(axes, view.rank(0)); !valid) return failed(valid);
  const bool negative = std::any_of(sizes->begin(), sizes->end(), [](auto size) { return size < 0; });
  if (axes.size() != sizes->size() || negative)
    return fail(Cause::InvalidInput, "sizes {} for axes {}", shape_text(*sizes), shape_text(axes));
  for (std::size_t at = 0; at < axes.size(); ++at) type.shape[*normal_axis(axes[at], view.rank(0))] = (*sizes)[at];
  return Types{std::move(type)};
}

Result<Types> affine_grid(const NodeView& view) {
  const auto size = view.integers(1, "its size");
  if (!size) return failed(size);
  const Shape& theta = view.shape(0);
  const auto dimensions = static_cast<std::int64_t>(size->size()) - 2;
  const bool fits = (dimensions == 2 || dimensions == 3) && checked_count(*size) && is_float(view.type(0).type) &&
                    theta == Shape{(*size)[0], dimensions, dimensions + 1};
  if (!fits)
    return fail(Cause::InvalidInput, "a transform of shape {} for size {}", shape_text(theta), shape_text(*size));
  TensorType type{view.type(0).type, *size};
  type.shape.erase(type.shape.begin() + 1);
  type.shape.push_back(dimensions);
  return Types{std::move(type)};
}

}  // namespace

void add_image_rules(ShapeRules& rules) {
  rules["Col2Im"] = {columns_to_image, 3, 3};
  rules["CenterCropPad"] = {center_crop_pad, 2, 2};
  rules["AffineGrid"] = {affine_grid, 2, 2};
}

}  // namespace quantrail
