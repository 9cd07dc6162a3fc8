#pragma once

#include <vector>

#include "tui/curses_screen.h"
#include "tui/model.h"

namespace quantrail::tui {

/// Port: does what the screen asks for, and answers with what happened. Called on the loop's worker thread, one command
/// at a time; never sees Quit or Repaint.
class Performer {
 public:
  virtual ~Performer() = default;
  [[nodiscard]] virtual std::vector<Msg> perform(const Cmd& command) = 0;
};

/// Shows screens until the user leaves, the terminal goes away, or SIGTERM, SIGHUP or SIGINT arrives.
void run_loop(CursesScreen& screen, Performer& performer, Charset charset);

}  // namespace quantrail::tui
