#include "tui/line_edit.h"

#include <algorithm>

#include "base/cell_text.h"

namespace quantrail::tui {
namespace {

constexpr std::size_t kLongest = 4096;

void erase(LineEdit& line, std::size_t from, std::size_t to) {
  line.text.erase(from, to - from);
  line.cursor = from;
}

std::size_t word_start(const LineEdit& line) {
  std::size_t at = line.cursor;
  const auto is_break = [&](std::size_t k) { return line.text[k] == U' ' || line.text[k] == U'/'; };
  while (at > 0 && is_break(at - 1)) --at;
  while (at > 0 && !is_break(at - 1)) --at;
  return at;
}

bool edit_by_letter(LineEdit& line, char32_t letter) {
  switch (letter) {
    case U'A': line.cursor = 0; return true;
    case U'E': line.cursor = line.text.size(); return true;
    case U'K': line.text.resize(line.cursor); return true;
    case U'U': erase(line, 0, line.cursor); return true;
    case U'W': erase(line, word_start(line), line.cursor); return true;
    default: return false;
  }
}

}  // namespace

LineEdit line_of(std::string_view utf8) {
  LineEdit line{decoded_with_joiners(utf8)};
  line.cursor = line.text.size();
  return line;
}

std::string text_of(const LineEdit& line) { return encoded(line.text); }

bool edit(LineEdit& line, const KeyPress& press) {
  line.cursor = std::min(line.cursor, line.text.size());
  switch (press.key) {
    case Key::Character:
      if (press.character < 0x20 || line.text.size() >= kLongest) return false;
      // As it is shown, so that nothing hidden is typed.
      if (decoded_with_joiners(encoded(std::u32string(1, press.character))) != std::u32string(1, press.character))
        return false;
      line.text.insert(line.cursor++, 1, press.character);
      return true;
    case Key::Backspace:
      if (line.cursor > 0) erase(line, line.cursor - 1, line.cursor);
      return true;
    case Key::Delete:
      if (line.cursor < line.text.size()) erase(line, line.cursor, line.cursor + 1);
      return true;
    case Key::Left: line.cursor -= line.cursor > 0 ? 1 : 0; return true;
    case Key::Right: line.cursor = std::min(line.cursor + 1, line.text.size()); return true;
    case Key::Home: line.cursor = 0; return true;
    case Key::End: line.cursor = line.text.size(); return true;
    case Key::Control: return edit_by_letter(line, press.character);
    default: return false;
  }
}

}  // namespace quantrail::tui
