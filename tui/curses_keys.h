#pragma once

#include <optional>

#include "tui/message.h"

namespace quantrail::tui {

// Curses' key codes as ours; needs a terminal that is open.

/// Tells curses about keys that terminfo does not know.
void name_keys();
[[nodiscard]] std::optional<Key> special_key(int code);
[[nodiscard]] KeyPress key_of(unsigned character);
/// What the mouse did, once curses reported KEY_MOUSE; nothing for what means nothing here.
[[nodiscard]] std::optional<Msg> mouse_message();

}  // namespace quantrail::tui
