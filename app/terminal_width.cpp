#include "app/terminal_width.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace quantrail::app {

namespace {

int assumed_columns = 0;

}  // namespace

void lay_out_for(int columns) { assumed_columns = columns; }

int terminal_width(std::FILE* file) {
  if (::isatty(::fileno(file)) == 0) return file == stdout ? assumed_columns : 0;
  winsize size{};
  return ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace quantrail::app
