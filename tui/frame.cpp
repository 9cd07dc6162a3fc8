#include "tui/frame.h"

#include <algorithm>
#include <array>
#include <utility>

namespace quantrail::tui {
namespace {

struct Interval {
  char32_t first;
  char32_t last;
};

constexpr std::array<Interval, 9> kCombining{{{0x0300, 0x036F},
                                              {0x0483, 0x0489},
                                              {0x0591, 0x05BD},
                                              {0x0610, 0x061A},
                                              {0x064B, 0x065F},
                                              {0x200B, 0x200F},
                                              {0x20D0, 0x20F0},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};
constexpr std::array<Interval, 11> kWide{{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x33FF},
                                          {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF},
                                          {0xA000, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFF00, 0xFF60},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};
constexpr std::array<Interval, 2> kDirections{{{0x202A, 0x202E}, {0x2066, 0x2069}}};  // reorder what is around them
constexpr char32_t kReplacement = U'?';

template <std::size_t N>
bool within(const std::array<Interval, N>& intervals, char32_t glyph) {
  return std::any_of(intervals.begin(), intervals.end(),
                     [glyph](const Interval& i) { return glyph >= i.first && glyph <= i.last; });
}

void append_utf8(std::string& out, char32_t glyph) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (glyph < 0x80) {
    byte(glyph);
  } else if (glyph < 0x800) {
    byte(0xC0 | (glyph >> 6));
    byte(0x80 | (glyph & 0x3F));
  } else if (glyph < 0x10000) {
    byte(0xE0 | (glyph >> 12));
    byte(0x80 | ((glyph >> 6) & 0x3F));
    byte(0x80 | (glyph & 0x3F));
  } else {
    byte(0xF0 | (glyph >> 18));
    byte(0x80 | ((glyph >> 12) & 0x3F));
    byte(0x80 | ((glyph >> 6) & 0x3F));
    byte(0x80 | (glyph & 0x3F));
  }
}

int length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

/// The code point at the start of `rest` and the bytes it took; a malformed one takes one byte.
std::pair<char32_t, std::size_t> next_glyph(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest[0]);
  const int length = length_of(first);
  if (length == 1) return {first, 1};
  if (length == 0 || rest.size() < static_cast<std::size_t>(length)) return {kReplacement, 1};
  char32_t glyph = first & (0xFFU >> static_cast<unsigned>(length + 1));
  for (int k = 1; k < length; ++k) {
    const auto more = static_cast<unsigned char>(rest[static_cast<std::size_t>(k)]);
    if ((more & 0xC0U) != 0x80U) return {kReplacement, 1};
    glyph = (glyph << 6U) | (more & 0x3FU);
  }
  const bool overlong = (length == 3 && glyph < 0x800) || (length == 4 && glyph < 0x10000);
  const bool surrogate = glyph >= 0xD800 && glyph <= 0xDFFF;
  if (overlong || surrogate || glyph > 0x10FFFF) return {kReplacement, 1};
  return {glyph, static_cast<std::size_t>(length)};
}

int columns_of(std::u32string_view glyphs) {
  int columns = 0;
  for (const char32_t glyph : glyphs) columns += width_of(glyph);
  return columns;
}

}  // namespace

std::string encoded(std::u32string_view glyphs) {
  std::string out;
  for (const char32_t glyph : glyphs) append_utf8(out, glyph);
  return out;
}

int width_of(char32_t glyph) {
  if (glyph < 0x300) return 1;
  if (within(kCombining, glyph)) return 0;
  return within(kWide, glyph) ? 2 : 1;
}

std::u32string decoded(std::string_view utf8) {
  std::u32string glyphs;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto [glyph, taken] = next_glyph(utf8.substr(at));
    at += taken;
    if (glyph < 0x20) {
      glyphs += U'^';
      glyphs += glyph + 0x40;
    } else if (glyph == 0x7F || (glyph >= 0x80 && glyph < 0xA0) || within(kDirections, glyph)) {
      glyphs += kReplacement;
    } else {
      glyphs += glyph;
    }
  }
  return glyphs;
}

int width_of(std::string_view utf8) { return columns_of(decoded(utf8)); }

std::string fitted(std::string_view utf8, int columns, std::string_view ellipsis) {
  const std::u32string glyphs = decoded(utf8);
  if (columns_of(glyphs) <= columns) return encoded(glyphs);
  const int room = columns - width_of(ellipsis);
  if (room < 0) return {};
  int used = 0;
  std::size_t kept = 0;
  while (kept < glyphs.size() && used + width_of(glyphs[kept]) <= room) used += width_of(glyphs[kept++]);
  return encoded(std::u32string_view(glyphs).substr(0, kept)) + std::string(ellipsis);
}

std::string fitted_end(std::string_view utf8, int columns, std::string_view ellipsis) {
  const std::u32string glyphs = decoded(utf8);
  if (columns_of(glyphs) <= columns) return encoded(glyphs);
  const int room = columns - width_of(ellipsis);
  if (room < 0) return {};
  int used = 0;
  std::size_t first = glyphs.size();
  while (first > 0 && used + width_of(glyphs[first - 1]) <= room) used += width_of(glyphs[--first]);
  return std::string(ellipsis) + encoded(std::u32string_view(glyphs).substr(first));
}

std::string padded(std::string_view utf8, int columns) {
  const int wanted = std::abs(columns);
  std::string text = fitted(utf8, wanted);
  const std::string spaces(static_cast<std::size_t>(std::max(0, wanted - width_of(text))), ' ');
  return columns < 0 ? spaces + text : text + spaces;
}

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

void Frame::put(int row, int column, char32_t glyph, Style style) {
  const int width = width_of(glyph);
  if (width == 0 || !inside(row, column)) return;
  const auto index =
      static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) + static_cast<std::size_t>(column);
  if (width == 2 && !inside(row, column + 1)) {
    cells_[index] = {U' ', style};
    return;
  }
  cells_[index] = {glyph, style};
  if (width == 2) cells_[index + 1] = {0, style};
}

int Frame::put(int row, int column, std::string_view utf8, Style style) {
  for (const char32_t glyph : decoded(utf8)) {
    put(row, column, glyph, style);
    column += width_of(glyph);
  }
  return column;
}

void Frame::restyle(int row, Style style) {
  for (int column = 0; column < size_.columns; ++column) {
    if (inside(row, column)) {
      cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) + static_cast<std::size_t>(column)]
          .style = style;
    }
  }
}

std::string Frame::to_text() const {
  std::string out;
  for (int row = 0; row < size_.rows; ++row) {
    std::string line;
    for (int column = 0; column < size_.columns; ++column) {
      if (at(row, column).glyph != 0) append_utf8(line, at(row, column).glyph);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace quantrail::tui
