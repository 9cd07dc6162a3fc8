#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// Numbers of classes by their names.
using ClassNames = std::map<std::string, std::int64_t, std::less<>>;

/// A text file with the names of classes 0, 1, ..., one per line. Errors: InvalidInput, naming the line: no name at
/// all, a missing one, one that is there twice.
[[nodiscard]] Result<ClassNames> read_class_names(const std::filesystem::path& path);

/// `text` without blanks at its ends.
[[nodiscard]] std::string_view trimmed_line(std::string_view text);

/// The lines of a text, trimmed, without a byte order mark.
[[nodiscard]] std::vector<std::string_view> trimmed_lines(std::string_view text);

}  // namespace quantrail
