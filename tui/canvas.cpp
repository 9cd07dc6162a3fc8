#include "tui/canvas.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace quantrail::tui {
namespace {

// Unicode's order of the dots of a Braille pattern: the left column, the right one, then the lowest row.
constexpr std::array<unsigned, 8> kBraille{0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80};
// By the bits upper left, upper right, lower left, lower right.
constexpr std::array<char32_t, 16> kQuadrants{U' ', U'▘', U'▝', U'▀', U'▖', U'▌', U'▞', U'▛',
                                              U'▗', U'▚', U'▐', U'▜', U'▄', U'▙', U'▟', U'█'};
constexpr std::array<char32_t, 4> kAsciiDots{U' ', U'\'', U'.', U':'};

char32_t glyph_of(unsigned bits, Charts charts) {
  if (charts == Charts::Ascii) return kAsciiDots[bits & 3U];
  if (charts == Charts::Blocks) return kQuadrants[bits & 15U];
  unsigned pattern = 0;
  for (std::size_t bit = 0; bit < kBraille.size(); ++bit) pattern |= (bits >> bit & 1U) != 0 ? kBraille[bit] : 0U;
  return U'\u2800' + pattern;
}

}  // namespace

Canvas::Canvas(int rows, int columns, Charts charts)
    : rows_(std::max(rows, 0)),
      columns_(std::max(columns, 0)),
      across_(charts == Charts::Ascii ? 1 : 2),
      down_(charts == Charts::Braille ? 4 : 2),
      charts_(charts),
      cells_(static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_)) {}

void Canvas::dot(int x, int y, Style style) {
  if (x < 0 || y < 0 || x >= dots_across() || y >= dots_down()) return;
  auto& cell = cells_[static_cast<std::size_t>(y / down_) * static_cast<std::size_t>(columns_) +
                      static_cast<std::size_t>(x / across_)];
  cell.bits |= 1U << static_cast<unsigned>(y % down_ * across_ + x % across_);
  cell.style = style;
}

void Canvas::line(int x0, int y0, int x1, int y1, Style style) {
  const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
  for (int step = 0; step <= steps; ++step) dot(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps, style);
}

void Canvas::draw(Frame& frame, int row, int column) const {
  for (int r = 0; r < rows_; ++r) {
    for (int c = 0; c < columns_; ++c) {
      const Dots& cell =
          cells_[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(c)];
      if (cell.bits != 0) frame.put(row + r, column + c, glyph_of(cell.bits, charts_), cell.style);
    }
  }
}

}  // namespace quantrail::tui
