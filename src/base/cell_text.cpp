#include "base/cell_text.h"

#include <algorithm>
#include <utility>

namespace quantrail {
namespace {

constexpr char32_t kReplacement = U'?';

bool turns_direction(char32_t glyph) {
  return (glyph >= 0x202A && glyph <= 0x202E) || (glyph >= 0x2066 && glyph <= 0x2069);
}

/// Joins letters or chooses how one looks: terminals disagree on the columns of what comes of it.
bool joins(char32_t glyph) { return glyph == 0x200D || glyph == 0xFE0F; }

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

/// Nothing but printable ASCII, which is as wide as it is long.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
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

std::u32string decoded(std::string_view utf8) {
  std::u32string glyphs = decoded_with_joiners(utf8);
  std::erase_if(glyphs, joins);
  return glyphs;
}

std::u32string decoded_with_joiners(std::string_view utf8) {
  std::u32string glyphs;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto [glyph, taken] = next_glyph(utf8.substr(at));
    at += taken;
    if (glyph < 0x20) {
      glyphs += U'^';
      glyphs += glyph + 0x40;
    } else if (glyph == 0x7F) {
      glyphs += U"^?";
    } else if ((glyph >= 0x80 && glyph < 0xA0) || turns_direction(glyph)) {
      glyphs += kReplacement;
    } else {
      glyphs += glyph;
    }
  }
  return glyphs;
}

int width_of(std::string_view utf8) {
  return is_plain(utf8) ? static_cast<int>(utf8.size()) : columns_of(decoded(utf8));
}

std::string fitted(std::string_view utf8, int columns, std::string_view ellipsis) {
  if (is_plain(utf8) && static_cast<int>(utf8.size()) <= columns) return std::string(utf8);
  const std::u32string glyphs = decoded(utf8);
  if (columns_of(glyphs) <= columns) return encoded(glyphs);
  const int room = columns - width_of(ellipsis);
  if (room < 0) return {};
  int used = 0;
  std::size_t kept = 0;
  while (kept < glyphs.size() && used + width_of(glyphs[kept]) <= room) used += width_of(glyphs[kept++]);
  return encoded(std::u32string_view(glyphs).substr(0, kept)) + std::string(ellipsis);
}

std::string from_column(std::string_view utf8, int column) {
  const std::u32string glyphs = decoded(utf8);
  int before = 0;
  std::size_t first = 0;
  while (first < glyphs.size() && before < column) before += width_of(glyphs[first++]);
  // What takes no column of its own belongs to the letter before it.
  while (first < glyphs.size() && first > 0 && width_of(glyphs[first]) == 0) ++first;
  return std::string(static_cast<std::size_t>(std::max(before - column, 0)), ' ') +
         encoded(std::u32string_view(glyphs).substr(first));
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

std::vector<std::string> wrapped(std::string_view utf8, int columns) {
  const int room = std::max(columns, 1);
  std::u32string rest = decoded(utf8);
  std::vector<std::string> lines;
  do {
    int used = 0;
    std::size_t kept = 0;
    while (kept < rest.size() && used + width_of(rest[kept]) <= room) used += width_of(rest[kept++]);
    kept = std::max<std::size_t>(kept, rest.empty() ? 0 : 1);
    std::size_t cut = kept;
    if (kept < rest.size() && rest[kept] != U' ') {
      const auto blank = rest.rfind(U' ', kept - 1);
      if (blank != std::u32string::npos && blank > 0) cut = blank;
    }
    lines.push_back(encoded(std::u32string_view(rest).substr(0, cut)));
    rest.erase(0, cut);
    rest.erase(0, rest.find_first_not_of(U' '));
  } while (!rest.empty());
  return lines;
}

}  // namespace quantrail
