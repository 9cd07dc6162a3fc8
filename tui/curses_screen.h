#pragma once

#include <cstdio>
#include <memory>
#include <optional>

#include "base/error.h"
#include "tui/frame.h"
#include "tui/keys.h"
#include "tui/model.h"

namespace quantrail::tui {

/// Owns the terminal: curses mode from open() to destruction, also when an exception unwinds past it. One at a time.
class CursesScreen {
 public:
  /// `term` null means $TERM. Errors: Unsupported when curses knows no such terminal or it cannot address the cursor.
  [[nodiscard]] static Result<CursesScreen> open(std::FILE* in, std::FILE* out, const char* term = nullptr);
  ~CursesScreen();
  CursesScreen(CursesScreen&&) noexcept;
  CursesScreen& operator=(CursesScreen&&) noexcept;

  /// Shows the frame; only cells that changed are sent.
  void present(const Frame& frame);
  /// The next present() sends everything.
  void repaint();
  /// The next thing that happened at the terminal, without waiting: a key or a new size; nothing when none is there.
  [[nodiscard]] std::optional<Msg> poll_input();
  [[nodiscard]] Size size() const;

 private:
  struct State;
  explicit CursesScreen(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// UTF-8 where the locale says so, else ASCII.
[[nodiscard]] Charset charset_of_locale();

}  // namespace quantrail::tui
