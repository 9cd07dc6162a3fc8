#pragma once

#include <vector>

#include "tui/frame.h"
#include "tui/model.h"

namespace quantrail::tui {

/// Dots inside cells: 2x4 a cell in Braille, 2x2 in blocks, 1x2 in ASCII.
class Canvas {
 public:
  Canvas(int rows, int columns, Charts charts);
  [[nodiscard]] int dots_across() const { return columns_ * across_; }
  [[nodiscard]] int dots_down() const { return rows_ * down_; }
  /// (0, 0) is the upper left dot. Outside is clipped. A cell has the style of its last dot.
  void dot(int x, int y, Style style);
  void line(int x0, int y0, int x1, int y1, Style style);
  /// Cells without dots are left as they are.
  void draw(Frame& frame, int row, int column) const;

 private:
  struct Dots {
    unsigned bits = 0;  ///< row by row from the upper left
    Style style = Style::Normal;
  };
  int rows_;
  int columns_;
  int across_;
  int down_;
  Charts charts_;
  std::vector<Dots> cells_;
};

}  // namespace quantrail::tui
