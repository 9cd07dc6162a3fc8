#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/cell_text.h"

namespace quantrail::tui {

/// What a cell means; the painter turns it into colours and attributes.
enum class Style : std::uint8_t {
  Normal,
  Title,
  Dim,
  Selected,
  Good,
  Bad,
  Warning,
  Accent,
  Border,
  Input,  ///< where a person types
  SeriesA,
  SeriesB,
  SeriesC,
  SeriesD,
  SeriesE,
  SeriesF,
};
inline constexpr int kStyles = static_cast<int>(Style::SeriesF) + 1;

struct Size {
  int rows = 24;
  int columns = 80;
  bool operator==(const Size&) const = default;
};

/// A part of the screen.
struct Area {
  int row = 0;
  int column = 0;
  int rows = 0;
  int columns = 0;
  bool operator==(const Area&) const = default;
};

struct Cell {
  char32_t glyph = U' ';  ///< 0: the right half of a wide glyph
  char32_t mark = 0;      ///< combines with the glyph; 0: none
  Style style = Style::Normal;
  bool operator==(const Cell&) const = default;
};

/// A picture of the screen: a grid of cells. Writing outside is clipped, never an error.
class Frame {
 public:
  explicit Frame(Size size);
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] const Cell& at(int row, int column) const;
  /// Writes UTF-8 text; returns the column behind it.
  int put(int row, int column, std::string_view utf8, Style style = Style::Normal);
  void put(int row, int column, char32_t glyph, Style style = Style::Normal);
  /// Gives `columns` cells of a row one style, keeping their glyphs.
  void restyle(int row, int column, int columns, Style style);
  /// Blanks an area.
  void clear(const Area& area);
  /// The rows as text, trailing spaces cut: the golden format of tests.
  [[nodiscard]] std::string to_text() const;
  bool operator==(const Frame&) const = default;

 private:
  [[nodiscard]] bool inside(int row, int column) const;
  [[nodiscard]] Cell& cell(int row, int column);
  Size size_{};
  std::vector<Cell> cells_{};
};

}  // namespace quantrail::tui
