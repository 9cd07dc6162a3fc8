#include "tui/curses_keys.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <ncurses.h>

namespace quantrail::tui {
namespace {

// Behind what curses numbers by itself: keys that only terminfo's extensions name follow KEY_MAX.
constexpr int kPasteBegin = KEY_MAX + 1000;
constexpr int kPasteEnd = KEY_MAX + 1001;
constexpr int kWheelRows = 3;

}  // namespace

void name_keys() {
  define_key("\033[200~", kPasteBegin);
  define_key("\033[201~", kPasteEnd);
  // What terminals send in either cursor mode, whatever terminfo says of theirs.
  define_key("\033[Z", KEY_BTAB);
  define_key("\033[H", KEY_HOME);
  define_key("\033[F", KEY_END);
  define_key("\033[1~", KEY_HOME);
  define_key("\033[4~", KEY_END);
}

std::optional<Key> special_key(int code) {
  switch (code) {
    case KEY_UP: return Key::Up;
    case KEY_DOWN: return Key::Down;
    case KEY_LEFT: return Key::Left;
    case KEY_RIGHT: return Key::Right;
    case KEY_PPAGE: return Key::PageUp;
    case KEY_NPAGE: return Key::PageDown;
    case KEY_HOME: return Key::Home;
    case KEY_END: return Key::End;
    case KEY_ENTER: return Key::Enter;
    case KEY_BACKSPACE: return Key::Backspace;
    case KEY_DC: return Key::Delete;
    case KEY_BTAB: return Key::BackTab;
    case KEY_F(1): return Key::F1;
    case KEY_F(5): return Key::F5;
    case KEY_F(10): return Key::F10;
    case kPasteBegin: return Key::PasteBegin;
    case kPasteEnd: return Key::PasteEnd;
    default: return std::nullopt;
  }
}

KeyPress key_of(unsigned character) {
  switch (character) {
    case '\r':
    case '\n': return on(Key::Enter);
    case 27: return on(Key::Escape);
    case 8:
    case 127: return on(Key::Backspace);
    case '\t': return on(Key::Tab);
    default: break;
  }
  if (character >= 1 && character <= 26) return control(static_cast<char32_t>('A' + character - 1));
  return on(static_cast<char32_t>(character));
}

std::optional<Msg> mouse_message() {
  MEVENT event;
  if (getmouse(&event) != OK) return std::nullopt;
  if ((event.bstate & BUTTON4_PRESSED) != 0) return Scrolled{-kWheelRows};
  if ((event.bstate & BUTTON5_PRESSED) != 0) return Scrolled{kWheelRows};
  if ((event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) != 0) return Clicked{event.y, event.x};
  return std::nullopt;
}

}  // namespace quantrail::tui
