#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

enum class Align { Left, Right };

/// Rows of text in columns as wide as their widest entry, two spaces between, no trailing spaces.
/// On a terminal, texts of the widest columns are cut as far as that makes rows fit its width; never figures.
/// Control characters in entries are made visible. `align` names the columns' sides; left where it is shorter.
[[nodiscard]] std::string table(const std::vector<std::string>& titles,
                                const std::vector<std::vector<std::string>>& rows, const std::vector<Align>& align);

/// The same as RFC 4180 comma-separated values.
[[nodiscard]] std::string csv(const std::vector<std::string>& titles,
                              const std::vector<std::vector<std::string>>& rows);

}  // namespace quantrail::app
