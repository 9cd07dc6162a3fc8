#pragma once

#include <cstdio>

namespace quantrail::app {

/// Columns of the terminal that `file` writes to, 80 where it does not say; 0: it is no terminal.
[[nodiscard]] int terminal_width(std::FILE* file);

/// What terminal_width() answers for standard output that is no terminal, since somebody shows it on one. Set before
/// anything is printed.
void lay_out_for(int columns);

}  // namespace quantrail::app
