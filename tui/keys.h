#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quantrail::tui {

/// A key as the terminal sent it.
enum class Key {
  Character,
  Control,  ///< with a letter
  Enter,
  Escape,
  Backspace,
  Delete,
  Tab,
  BackTab,
  Up,
  Down,
  Left,
  Right,
  PageUp,
  PageDown,
  Home,
  End,
  F1,
  F5,
  F10,
  PasteBegin,  ///< what follows until PasteEnd was pasted, not typed
  PasteEnd,
};

struct KeyPress {
  Key key = Key::Character;
  char32_t character = 0;  ///< for Character, and for Control: 'A' to 'Z'
  bool operator==(const KeyPress&) const = default;
};

[[nodiscard]] constexpr KeyPress on(char32_t character) { return {Key::Character, character}; }
[[nodiscard]] constexpr KeyPress on(Key key) { return {key, 0}; }
[[nodiscard]] constexpr KeyPress control(char32_t letter) { return {Key::Control, letter}; }

/// "Enter", "Ctrl-L", "PgUp", or one character; nothing for anything else.
[[nodiscard]] std::optional<KeyPress> key_named(std::string_view name);

}  // namespace quantrail::tui
