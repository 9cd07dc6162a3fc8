#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quantrail::tui {

/// A key as the terminal sent it.
enum class Key {
  Character,
  Enter,
  Escape,
  Backspace,
  Tab,
  Up,
  Down,
  Left,
  Right,
  PageUp,
  PageDown,
  Home,
  End,
  F1,
  CtrlL,
  CtrlC
};

struct KeyPress {
  Key key = Key::Character;
  char32_t character = 0;  ///< for Key::Character
  bool operator==(const KeyPress&) const = default;
};

/// What a key means on a screen.
enum class Action {
  None,
  Up,
  Down,
  PageUp,
  PageDown,
  First,
  Last,
  Open,
  Back,
  Quit,
  Help,
  New,
  Stop,
  Resume,
  Export,
  Follow,
  Reload,
  Redraw,
  NextPane,
  Filter,
};

enum class Where { Runs, Run, Help };

/// One row of the key table, which feeds the bindings, the help screen and the hint line.
struct Binding {
  Where where = Where::Runs;
  Action action = Action::None;
  KeyPress key{};
  KeyPress other{};          ///< a second key for the same; Character 0: none
  std::string_view shown{};  ///< how the key is written: "Enter", "j", "X then y"
  std::string_view help{};   ///< what it does, for the help screen
  std::string_view hint{};   ///< short form for the hint line; empty: not shown there
};

[[nodiscard]] std::span<const Binding> key_table();
[[nodiscard]] Action action_for(Where where, const KeyPress& press);
/// "Enter open  n new  ..." as far as it fits.
[[nodiscard]] std::string hints(Where where, int columns);

}  // namespace quantrail::tui
