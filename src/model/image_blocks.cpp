#include "model/image_blocks.h"

#include "model/shape_math.h"

namespace quantrail {
namespace {

/// An attribute with `count` values in [least, 2^31).
Result<std::vector<std::int64_t>> list(const NodeView& view, const std::string& key, std::size_t count,
                                       std::int64_t least) {
  auto values = ints_attribute(view.node(), key, std::vector<std::int64_t>(count, least));
  bool fits = values.size() == count;
  for (const auto value : values) fits = fits && value >= least && value < (std::int64_t{1} << 31U);
  if (!fits)
    return fail(Cause::InvalidInput, "{} {} for {} values of {} or more", key, shape_text(values), count, least);
  return values;
}

}  // namespace

Result<ImageBlocks> image_blocks(const NodeView& view) {
  const auto image = view.integers(1, "its image shape");
  if (!image) return failed(image);
  const auto block = view.integers(2, "its block shape");
  if (!block) return failed(block);
  const std::size_t axes = image->size();
  const auto strides = list(view, "strides", axes, 1);
  if (!strides) return failed(strides);
  const auto dilations = list(view, "dilations", axes, 1);
  if (!dilations) return failed(dilations);
  const auto pads = list(view, "pads", axes * 2, 0);
  if (!pads) return failed(pads);
  if (block->size() != axes || axes == 0 || !checked_count(*image) || !checked_count(*block))
    return fail(Cause::InvalidInput, "blocks {} of an image {}", shape_text(*block), shape_text(*image));
  ImageBlocks blocks{
      *image, *block, *strides, *dilations, {pads->begin(), pads->begin() + static_cast<std::ptrdiff_t>(axes)}, {}};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const auto padded = (*image)[axis] + (*pads)[axis] + (*pads)[axis + axes];
    const auto extent = (*dilations)[axis] * ((*block)[axis] - 1) + 1;
    if ((*block)[axis] < 1 || extent > padded)
      return fail(Cause::InvalidInput, "blocks {} do not fit an image {}", shape_text(*block), shape_text(*image));
    blocks.places.push_back((padded - extent) / (*strides)[axis] + 1);
  }
  const Shape& columns = view.shape(0);
  const bool fits =
      columns.size() == 3 && columns[1] % element_count(*block) == 0 && checked_count(blocks.places) == columns[2];
  if (!fits)
    return fail(Cause::InvalidInput, "columns {} for blocks {} at {} places", shape_text(columns), shape_text(*block),
                shape_text(blocks.places));
  return blocks;
}

}  // namespace quantrail
