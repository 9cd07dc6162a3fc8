#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "tui/curses_screen.h"
#include "tui/model.h"
#include "tui/script.h"

namespace quantrail::tui {

/// Port: does what the screens ask for, and answers with what happened.
class Performer {
 public:
  virtual ~Performer() = default;
  /// Reading, and what takes no longer; on one thread, one at a time.
  [[nodiscard]] virtual std::vector<Msg> read(const Cmd& command) = 0;
  /// Commands of the program, which may take long: RunCommand and SubmitForm. From several threads at once.
  [[nodiscard]] virtual std::vector<Msg> act(const Cmd& command) = 0;
};

struct LoopEnd {
  bool busy = false;  ///< something that was asked for is still under way, on threads that use the performer: after a
                      ///< signal, or without a terminal
  std::string failed{};  ///< of a script: what did not happen, on further lines the screen; empty: nothing
};

/// Shows screens until the user leaves, the terminal goes away, or SIGTERM, SIGHUP or SIGINT arrives. Who leaves gets
/// the terminal back at once; what was asked for before is done to its end, unless a signal comes.
[[nodiscard]] LoopEnd run_loop(CursesScreen& screen, std::shared_ptr<Performer> performer, Model model);
/// The same with keys from a script instead of a terminal, until its end.
[[nodiscard]] LoopEnd run_script(CursesScreen& screen, std::shared_ptr<Performer> performer, Model model,
                                 const Script& script);

}  // namespace quantrail::tui
