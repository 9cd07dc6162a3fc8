#include <algorithm>
#include <cmath>

#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

/// floor(size * scale) per axis.
Result<Shape> scaled(const Shape& from, const std::vector<float>& scales) {
  Shape shape;
  for (std::size_t axis = 0; axis < from.size(); ++axis) {
    const double size = std::floor(static_cast<double>(from[axis]) * static_cast<double>(scales[axis]));
    if (!(scales[axis] > 0.0F) || !(size < 1e12))
      return fail(Cause::InvalidInput, "scale {} of axis {}", scales[axis], axis);
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

Result<Types> resize(const NodeView& view) {
  const Shape& from = view.shape(0);
  for (const auto key : {"axes", "keep_aspect_ratio_policy"}) {
    const bool stretch = string_attribute(view.node(), key, "") == "stretch";
    if (view.node().attributes.contains(key) && !stretch)
      return fail(Cause::Unsupported, "attribute {} is not supported", key);
  }
  if (view.has(3)) {
    auto sizes = view.integers(3, "its sizes");
    if (!sizes) return failed(sizes);
    if (sizes->size() != from.size())
      return fail(Cause::InvalidInput, "{} sizes at rank {}", sizes->size(), from.size());
    return Types{{view.type(0).type, std::move(*sizes)}};
  }
  if (!view.has(2)) return fail(Cause::InvalidInput, "neither scales nor sizes are given");
  const Tensor* scales = view.constant(2);
  if (scales == nullptr) return fail(Cause::Unsupported, "its scales are computed from data, which is not supported");
  if (scales->type != ElementType::Float32 || scales->shape != Shape{static_cast<std::int64_t>(from.size())}) {
    return fail(Cause::InvalidInput, "scales of shape {} at rank {}", shape_text(scales->shape), from.size());
  }
  auto shape = scaled(from, floats_of(*scales));
  if (!shape) return failed(shape);
  return Types{{view.type(0).type, std::move(*shape)}};
}

Result<std::int64_t> block_size(const NodeView& view) {
  if (view.rank(0) != 4) return fail(Cause::InvalidInput, "needs rank 4, not {}", shape_text(view.shape(0)));
  const auto block = view.integer("blocksize", 0);
  if (block < 1 || block > 1024) return fail(Cause::InvalidInput, "blocksize is {}", block);
  return block;
}

Result<Types> depth_to_space(const NodeView& view) {
  const auto block = block_size(view);
  if (!block) return failed(block);
  const Shape& x = view.shape(0);
  const auto area = *block * *block;
  if (x[1] % area != 0) return fail(Cause::InvalidInput, "{} channels are no multiple of {}", x[1], area);
  return Types{{view.type(0).type, {x[0], x[1] / area, x[2] * *block, x[3] * *block}}};
}

Result<Types> space_to_depth(const NodeView& view) {
  const auto block = block_size(view);
  if (!block) return failed(block);
  const Shape& x = view.shape(0);
  if (x[2] % *block != 0 || x[3] % *block != 0) {
    return fail(Cause::InvalidInput, "{} is not made of blocks of {}", shape_text(x), *block);
  }
  return Types{{view.type(0).type, {x[0], x[1] * *block * *block, x[2] / *block, x[3] / *block}}};
}

}  // namespace

void add_spatial_rules(ShapeRules& rules) {
  rules["Resize"] = {resize, 1, 4};
  rules["DepthToSpace"] = {depth_to_space, 1, 1};
  rules["SpaceToDepth"] = {space_to_depth, 1, 1};
}

}  // namespace quantrail
