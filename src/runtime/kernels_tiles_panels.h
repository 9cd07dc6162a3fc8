#pragma once

#include "runtime/isa.h"
#include "runtime/kernels_tiles.h"

// How CodeTiles goes through what it computes, for the files with its kernels: to be included where their instruction
// set is in force, which what is inlined into each other has to share.

namespace quantrail::kernels {

inline constexpr std::int64_t kTileRows = 32;     ///< of a block
inline constexpr std::int64_t kTileColumns = 32;  ///< of a block

template <class Visit>
QUANTRAIL_INLINE void CodeTiles::for_each_panel(const std::uint8_t* src, std::byte* scratch, Visit visit) const {
  // A short last panel computes some positions again, for whole blocks.
  if (in_place_) {
    const std::int64_t rows = shape_.rows();
    for (std::int64_t begin = 0; begin < rows; begin += panel_) {
      const std::int64_t end = std::min(begin + panel_, rows);
      const std::int64_t first = std::min(begin, end - kTileRows);
      const std::int64_t count = end - first;
      visit(Panel{src + first * shape_.channels, count * shape_.channels, count, begin - first, count, count, first});
    }
    return;
  }
  auto* planes = reinterpret_cast<std::uint8_t*>(scratch);
  for (std::int64_t image = 0; image < shape_.batch; ++image, src += shape_.in_h * shape_.in_w * shape_.channels) {
    for (std::int64_t begin = 0; begin < shape_.out_h; begin += panel_) {
      const std::int64_t end = std::min(begin + panel_, shape_.out_h);
      const std::int64_t first = std::min(begin, end - least_lines_);
      copy_lines(src, first, end - first, planes);
      const std::int64_t line = pixels_ / shape_.stride_w;
      visit(Panel{planes, most_bytes_, (end - first - 1) * line + shape_.out_w, (begin - first) * line, line,
                  shape_.out_w, (image * shape_.out_h + first) * shape_.out_w});
    }
  }
}

/// Of the block of positions of which the first not yet written is `done`: calls visit(first, last, row) for each run
/// of its sums that exist, which belong from that row of the result on.
template <class Visit>
QUANTRAIL_INLINE void CodeTiles::for_each_line(const Panel& panel, std::int64_t done, Visit visit) {
  const std::int64_t row = std::min(done, panel.positions - kTileRows);
  for (std::int64_t at = done; at < row + kTileRows; at = (at / panel.line + 1) * panel.line) {
    const std::int64_t line = at / panel.line;
    const std::int64_t end = std::min(line * panel.line + panel.live, row + kTileRows);
    visit(at - row, end - row, panel.first_row + line * panel.live + at % panel.line);
  }
}

template <class Run>
void CodeTiles::with_rule(Run run) const {
  if (sum_ && clamps_)
    run.template operator()<true, true>();
  else if (sum_)
    run.template operator()<true, false>();
  else if (clamps_)
    run.template operator()<false, true>();
  else
    run.template operator()<false, false>();
}

}  // namespace quantrail::kernels
