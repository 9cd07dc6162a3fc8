#pragma once

#include <string>
#include <string_view>

#include "tui/keys.h"

namespace quantrail::tui {

/// One line that a person edits.
struct LineEdit {
  std::u32string text{};
  std::size_t cursor = 0;  ///< in front of this glyph; text.size(): behind the last
  bool operator==(const LineEdit&) const = default;
};

[[nodiscard]] LineEdit line_of(std::string_view utf8);
[[nodiscard]] std::string text_of(const LineEdit& line);

/// What a key does to the line: characters, Backspace, Delete, Left, Right, Home, End, Ctrl-U (all before the cursor),
/// Ctrl-W (a word before it), Ctrl-K (all behind it), Ctrl-A, Ctrl-E. False: the key means nothing to a line.
bool edit(LineEdit& line, const KeyPress& press);

}  // namespace quantrail::tui
