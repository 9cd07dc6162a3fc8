#include "tui/frame.h"

#include <algorithm>

namespace quantrail::tui {

Frame::Frame(Size size)
    : size_{std::max(size.rows, 1), std::max(size.columns, 1)},
      cells_(static_cast<std::size_t>(size_.rows) * static_cast<std::size_t>(size_.columns)) {}

bool Frame::inside(int row, int column) const {
  return row >= 0 && row < size_.rows && column >= 0 && column < size_.columns;
}

const Cell& Frame::at(int row, int column) const {
  return cells_.at(static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
                   static_cast<std::size_t>(column));
}

Cell& Frame::cell(int row, int column) {
  return cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
                static_cast<std::size_t>(column)];
}

void Frame::put(int row, int column, char32_t glyph, Style style) {
  const int width = width_of(glyph);
  if (width == 0 || !inside(row, column)) return;
  // Half of a wide glyph that is written over would be left behind.
  if (cell(row, column).glyph == 0 && column > 0) cell(row, column - 1) = {U' ', 0, cell(row, column - 1).style};
  if (inside(row, column + width) && cell(row, column + width).glyph == 0)
    cell(row, column + width) = {U' ', 0, cell(row, column + width).style};
  if (width == 2 && !inside(row, column + 1)) {
    cell(row, column) = {U' ', 0, style};
    return;
  }
  cell(row, column) = {glyph, 0, style};
  if (width == 2) cell(row, column + 1) = {0, 0, style};
}

int Frame::put(int row, int column, std::string_view utf8, Style style) {
  int before = -1;
  for (const char32_t glyph : decoded(utf8)) {
    const int width = width_of(glyph);
    if (width == 0) {
      if (before >= 0 && inside(row, before)) cell(row, before).mark = glyph;
      continue;
    }
    put(row, column, glyph, style);
    before = column;
    column += width;
  }
  return column;
}

void Frame::restyle(int row, int column, int columns, Style style) {
  for (int at = column; at < column + columns; ++at) {
    if (inside(row, at)) cell(row, at).style = style;
  }
}

void Frame::clear(const Area& area) {
  for (int row = area.row; row < area.row + area.rows; ++row) {
    for (int column = area.column; column < area.column + area.columns; ++column) put(row, column, U' ');
  }
}

std::string Frame::to_text() const {
  std::string out;
  for (int row = 0; row < size_.rows; ++row) {
    std::u32string line;
    for (int column = 0; column < size_.columns; ++column) {
      const Cell& shown = at(row, column);
      if (shown.glyph != 0) line += shown.glyph;
      if (shown.mark != 0) line += shown.mark;
    }
    line.erase(line.find_last_not_of(U' ') + 1);
    out += encoded(line) + "\n";
  }
  return out;
}

}  // namespace quantrail::tui
