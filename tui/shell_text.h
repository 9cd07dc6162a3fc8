#pragma once

#include <string>
#include <string_view>

namespace quantrail::tui {

/// One word for a POSIX shell, in quotes where it holds anything that a shell would take.
[[nodiscard]] std::string shell_quoted(std::string_view word);

}  // namespace quantrail::tui
