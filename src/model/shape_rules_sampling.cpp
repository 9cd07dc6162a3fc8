#include "model/box_selection.h"
#include "model/operand_checks.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr std::int64_t kMostBins = std::int64_t{1} << 20U;

Result<Types> grid_sample(const NodeView& view) {
  const Shape& x = view.shape(0);
  const Shape& grid = view.shape(1);
  const auto rank = x.size();
  if (rank < 3 || rank > 5) return fail(Cause::Unsupported, "an input of rank {}, allowed are 3 to 5", rank);
  if (grid.size() != rank || grid[0] != x[0] || grid.back() != static_cast<std::int64_t>(rank) - 2) {
    return fail(Cause::InvalidInput, "an input of shape {} with a grid of shape {}", shape_text(x), shape_text(grid));
  }
  if (auto ok = check_floats(view, 1); !ok) return failed(ok);
  Shape shape{x[0], x[1]};
  shape.insert(shape.end(), grid.begin() + 1, grid.end() - 1);
  return Types{{view.type(0).type, std::move(shape)}};
}

Result<Types> roi_align(const NodeView& view) {
  if (view.rank(0) != 4) return fail(Cause::InvalidInput, "needs rank 4, not {}", shape_text(view.shape(0)));
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  if (view.rank(1) != 2 || view.shape(1)[1] != 4 || view.type(1).type != view.type(0).type)
    return fail(Cause::InvalidInput, "its regions must be [count, 4] of the input's type");
  if (auto ok = check_shape(view, 2, {view.shape(1)[0]}, "its batch indices"); !ok) return failed(ok);
  if (view.type(2).type != ElementType::Int64) return fail(Cause::InvalidInput, "its batch indices must be int64");
  const auto height = view.integer("output_height", 1);
  const auto width = view.integer("output_width", 1);
  if (height < 1 || width < 1 || height > kMostBins || width > kMostBins || view.integer("sampling_ratio", 0) < 0)
    return fail(Cause::InvalidInput, "output sizes {} and {} or its sampling ratio are out of range", height, width);
  return Types{{view.type(0).type, {view.shape(1)[0], view.shape(0)[1], height, width}}};
}

Result<Types> max_roi_pool(const NodeView& view) {
  if (view.rank(0) != 4) return fail(Cause::InvalidInput, "needs rank 4, not {}", shape_text(view.shape(0)));
  if (auto ok = check_floats(view, 0); !ok) return failed(ok);
  if (view.rank(1) != 2 || view.shape(1)[1] != 5 || view.type(1).type != view.type(0).type)
    return fail(Cause::InvalidInput, "its regions must be [count, 5] of the input's type");
  const auto pooled = view.ints("pooled_shape");
  if (pooled.size() != 2 || pooled[0] < 1 || pooled[1] < 1 || pooled[0] > kMostBins || pooled[1] > kMostBins)
    return fail(Cause::InvalidInput, "pooled_shape must be two sizes from 1 to {}", kMostBins);
  return Types{{view.type(0).type, {view.shape(1)[0], view.shape(0)[1], pooled[0], pooled[1]}}};
}

Result<Types> non_max_suppression(const NodeView& view) {
  const auto selected = selected_boxes(view);
  if (!selected) return failed(selected);
  return Types{{ElementType::Int64, {static_cast<std::int64_t>(selected->size()), 3}}};
}

}  // namespace

void add_sampling_rules(ShapeRules& rules) {
  rules["GridSample"] = {grid_sample, 2, 2};
  rules["RoiAlign"] = {roi_align, 3, 3};
  rules["MaxRoiPool"] = {max_roi_pool, 2, 2};
  rules["NonMaxSuppression"] = {non_max_suppression, 2, 5};
}

}  // namespace quantrail
