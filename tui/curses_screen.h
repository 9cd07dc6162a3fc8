#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "tui/frame.h"
#include "tui/message.h"
#include "tui/model.h"

namespace quantrail::tui {

/// Owns the terminal: curses mode from open() to destruction, also when an exception unwinds past it, and put back by a
/// signal handler when the process crashes. One at a time.
class CursesScreen {
 public:
  /// `term` null means $TERM. Errors: Unsupported when curses knows no such terminal or it cannot address the cursor.
  [[nodiscard]] static Result<CursesScreen> open(std::FILE* in, std::FILE* out, const char* term = nullptr);
  ~CursesScreen();
  CursesScreen(CursesScreen&&) noexcept;
  CursesScreen& operator=(CursesScreen&&) noexcept;

  /// Shows the frame; only cells that changed are sent. Without UTF-8 (`look.charset`) what is not ASCII becomes "?".
  void present(const Frame& frame, const Look& look);
  /// The next present() sends everything.
  void repaint();
  /// The next thing that happened at the terminal, without waiting: a key or a new size; nothing when none is there.
  [[nodiscard]] std::optional<Msg> poll_input();
  [[nodiscard]] Size size() const;
  void resize(Size size);

  /// Gives the terminal back until resume(), for the shell or an editor.
  void leave();
  void resume();
  void use_mouse(bool on);
  /// Into the clipboard of whoever sits at the terminal (OSC 52, or tmux's own buffer).
  void copy(const std::string& text);
  /// What the terminal shows now, as curses believes: rows of text, trailing blanks cut.
  [[nodiscard]] std::string shown_text() const;
  /// Bytes that the terminal's line has not taken yet; 0 where that cannot be known.
  [[nodiscard]] int unsent() const;

 private:
  struct State;
  explicit CursesScreen(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// UTF-8 where the locale says so, else ASCII.
[[nodiscard]] Charset charset_of_locale();
/// Braille where fonts have it: UTF-8, and not the Linux console.
[[nodiscard]] Charts charts_of_terminal(Charset charset);

}  // namespace quantrail::tui
