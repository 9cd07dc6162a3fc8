#include "app/terminal_width.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace quantrail::app {

int terminal_width(std::FILE* file) {
  if (::isatty(::fileno(file)) == 0) return 0;
  winsize size{};
  return ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace quantrail::app
