#include "model/shape_math.h"
#include "model/shape_rules.h"

namespace quantrail {
namespace {

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
  rules["DepthToSpace"] = {depth_to_space, 1, 1};
  rules["SpaceToDepth"] = {space_to_depth, 1, 1};
}

}  // namespace quantrail
