#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/glyph_width.h"

namespace quantrail {

// Text as a terminal shows it: code points that take columns. Names come from models, configurations and logs: none of
// what they hold reaches a terminal as a command.

/// Code points of UTF-8 text; control characters become "^X", or "?" beyond ASCII, malformed bytes and those that turn
/// the direction "?"; joiners, for which terminals differ in the columns of what they join, are left out.
[[nodiscard]] std::u32string decoded(std::string_view utf8);
/// The same with them, for what is edited.
[[nodiscard]] std::u32string decoded_with_joiners(std::string_view utf8);
[[nodiscard]] std::string encoded(std::u32string_view glyphs);
/// Columns of UTF-8 text.
[[nodiscard]] int width_of(std::string_view utf8);
/// The longest start of `utf8` that fits `columns`, with `ellipsis` where something was cut.
[[nodiscard]] std::string fitted(std::string_view utf8, int columns, std::string_view ellipsis = "~");
/// `utf8` from that column on; where a wide letter is cut in two, with a blank for the rest of it.
[[nodiscard]] std::string from_column(std::string_view utf8, int column);
/// The longest end of `utf8` that fits: layer names differ at their ends.
[[nodiscard]] std::string fitted_end(std::string_view utf8, int columns, std::string_view ellipsis = "~");
/// `utf8`, fitted and padded with spaces to exactly `columns`; negative: right-aligned in -columns.
[[nodiscard]] std::string padded(std::string_view utf8, int columns);
/// `utf8` in lines of at most `columns`, broken between words where possible; never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view utf8, int columns);

}  // namespace quantrail
