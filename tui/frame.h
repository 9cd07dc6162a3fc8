#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quantrail::tui {

/// What a cell means; the painter turns it into colours and attributes.
enum class Style : std::uint8_t { Normal, Title, Dim, Selected, Good, Bad, Warning, Accent, Border };

struct Size {
  int rows = 24;
  int columns = 80;
  bool operator==(const Size&) const = default;
};

struct Cell {
  char32_t glyph = U' ';  ///< 0: the right half of a wide glyph
  Style style = Style::Normal;
  bool operator==(const Cell&) const = default;
};

/// Columns that a terminal gives `glyph`: 0 (combining), 1 or 2 (East Asian wide, emoji).
[[nodiscard]] int width_of(char32_t glyph);
/// Code points of UTF-8 text; control characters and malformed bytes become visible ones, never raw.
[[nodiscard]] std::u32string decoded(std::string_view utf8);
[[nodiscard]] std::string encoded(std::u32string_view glyphs);
/// Columns of UTF-8 text.
[[nodiscard]] int width_of(std::string_view utf8);
/// The longest start of `utf8` that fits `columns`, with `ellipsis` where something was cut.
[[nodiscard]] std::string fitted(std::string_view utf8, int columns, std::string_view ellipsis = "~");
/// The longest end of `utf8` that fits: layer names differ at their ends.
[[nodiscard]] std::string fitted_end(std::string_view utf8, int columns, std::string_view ellipsis = "~");
/// `utf8`, fitted and padded with spaces to exactly `columns`; negative: right-aligned in -columns.
[[nodiscard]] std::string padded(std::string_view utf8, int columns);

/// A picture of the screen: a grid of cells. Writing outside is clipped, never an error.
class Frame {
 public:
  explicit Frame(Size size);
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] const Cell& at(int row, int column) const;
  /// Writes UTF-8 text; returns the column behind it.
  int put(int row, int column, std::string_view utf8, Style style = Style::Normal);
  void put(int row, int column, char32_t glyph, Style style = Style::Normal);
  /// Gives a whole row one style, keeping its glyphs.
  void restyle(int row, Style style);
  /// The rows as text, trailing spaces cut: the golden format of tests.
  [[nodiscard]] std::string to_text() const;
  bool operator==(const Frame&) const = default;

 private:
  [[nodiscard]] bool inside(int row, int column) const;
  Size size_{};
  std::vector<Cell> cells_{};
};

}  // namespace quantrail::tui
