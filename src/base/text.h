#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantrail {

/// Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The entry of `known` that `word` was probably meant to be; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> known);

/// " (did you mean \"x\"?)" or an empty text.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> known);

/// Whether all of `text` matches `pattern`, where * stands for any characters and ? for one.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text);

[[nodiscard]] std::string joined(std::span<const std::string> parts, std::string_view separator);

/// `text` with control characters written as ^X or ?, and as ? also what is not UTF-8 and what turns the writing
/// direction (see cell_text.h), so that names from files cannot steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// "0.4 s", "12 s", "3 min 20 s", "2 h 05 min".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace quantrail
