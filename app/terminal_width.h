#pragma once

#include <cstdio>

namespace quantrail::app {

/// Columns of the terminal that `file` writes to, 80 where it does not say; 0: it is no terminal.
[[nodiscard]] int terminal_width(std::FILE* file);

}  // namespace quantrail::app
