#pragma once

namespace quantrail {

/// Columns that a terminal gives `glyph`: 0 (combining, or shown as nothing), 1, or 2 (East Asian wide, emoji).
/// Source: Unicode 15, EastAsianWidth.txt and the categories Mn, Me and Cf, merged to blocks.
[[nodiscard]] int width_of(char32_t glyph);

}  // namespace quantrail
