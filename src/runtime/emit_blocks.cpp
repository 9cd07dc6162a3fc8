#include "runtime/emit_moving.h"

namespace quantrail {
namespace {

/// DepthToSpace and SpaceToDepth: a transposition of the tensor seen with six axes.
struct Blocks {
  std::vector<std::int64_t> shape{};
  std::vector<std::int64_t> perm{};
};

Blocks depth_to_space(const Shape& x, std::int64_t block, bool columns_first, Layout layout) {
  const std::int64_t channels = x[1] / (block * block);
  if (layout == Layout::ChannelsLast) {
    if (columns_first) return {{x[0], x[2], x[3], channels, block, block}, {0, 1, 4, 2, 5, 3}};
    return {{x[0], x[2], x[3], block, block, channels}, {0, 1, 3, 2, 4, 5}};
  }
  if (columns_first) return {{x[0], channels, block, block, x[2], x[3]}, {0, 1, 4, 2, 5, 3}};
  return {{x[0], block, block, channels, x[2], x[3]}, {0, 3, 4, 1, 5, 2}};
}

Blocks space_to_depth(const Shape& x, std::int64_t block, Layout layout) {
  if (layout == Layout::ChannelsLast)
    return {{x[0], x[2] / block, block, x[3] / block, block, x[1]}, {0, 1, 3, 2, 4, 5}};
  return {{x[0], x[1], x[2] / block, block, x[3] / block, block}, {0, 3, 5, 1, 2, 4}};
}

Status emit_permuted(const Emission& e, Layout layout, const Blocks& blocks) {
  return emit_words(
      e, layout, [blocks](auto source, auto target) { kernels::transpose(source, blocks.shape, blocks.perm, target); });
}

}  // namespace

Status emit_depth_to_space(const Emission& e) {
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  const bool columns_first = string_attribute(e.node(), "mode", "DCR") == "CRD";
  const auto block = int_attribute(e.node(), "blocksize", 1);
  return emit_permuted(e, layout, depth_to_space(e.shape(0), block, columns_first, layout));
}

Status emit_space_to_depth(const Emission& e) {
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  return emit_permuted(e, layout, space_to_depth(e.shape(0), int_attribute(e.node(), "blocksize", 1), layout));
}

}  // namespace quantrail
