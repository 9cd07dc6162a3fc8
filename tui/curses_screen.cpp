#include "tui/curses_screen.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <ncurses.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <string>
#include <string_view>

namespace quantrail::tui {
namespace {

constexpr int kEscapeDelayMs = 100;  // pieces of an escape sequence arrive apart on a slow link

struct Look {
  short colour;  // of the terminal's sixteen; -1: its default
  attr_t attributes;
};

// Blue, yellow and red are told apart by colour-blind people too; state is always also a word.
Look look_of(Style style) {
  switch (style) {
    case Style::Normal: return {-1, A_NORMAL};
    case Style::Title: return {-1, A_BOLD};
    case Style::Dim: return {-1, A_DIM};
    case Style::Selected: return {-1, A_REVERSE};
    case Style::Good: return {COLOR_CYAN, A_NORMAL};
    case Style::Bad: return {COLOR_RED, A_BOLD};
    case Style::Warning: return {COLOR_YELLOW, A_NORMAL};
    case Style::Accent: return {COLOR_BLUE, A_BOLD};
    case Style::Border: return {-1, A_DIM};
  }
  return {-1, A_NORMAL};
}

constexpr std::array kStyles{Style::Normal, Style::Title,   Style::Dim,    Style::Selected, Style::Good,
                             Style::Bad,    Style::Warning, Style::Accent, Style::Border};

bool colours_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && has_colors();
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
    case KEY_F(1): return Key::F1;
    default: return std::nullopt;
  }
}

KeyPress key_of(wint_t character) {
  switch (character) {
    case '\r':
    case '\n': return {Key::Enter, 0};
    case 27: return {Key::Escape, 0};
    case 8:
    case 127: return {Key::Backspace, 0};
    case '\t': return {Key::Tab, 0};
    case 3: return {Key::CtrlC, 0};
    case 12: return {Key::CtrlL, 0};
    default: return {Key::Character, static_cast<char32_t>(character)};
  }
}

}  // namespace

struct CursesScreen::State {
  SCREEN* screen = nullptr;
  bool colours = false;
  std::optional<Frame> shown{};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (screen == nullptr) return;
    set_term(screen);
    endwin();
    delscreen(screen);
  }
};

CursesScreen::CursesScreen(std::unique_ptr<State> state) : state_(std::move(state)) {}
CursesScreen::~CursesScreen() = default;
CursesScreen::CursesScreen(CursesScreen&&) noexcept = default;
CursesScreen& CursesScreen::operator=(CursesScreen&&) noexcept = default;

Result<CursesScreen> CursesScreen::open(std::FILE* in, std::FILE* out, const char* term) {
  std::setlocale(LC_ALL, "");
  const char* named = term != nullptr ? term : std::getenv("TERM");
  const std::string terminal = named != nullptr ? named : "";
  if (terminal.empty() || terminal == "dumb") {
    return fail(Cause::Unsupported,
                "TERM={}: this terminal cannot show screens; `quantrail list` and `quantrail watch` print text",
                terminal.empty() ? "(unset)" : terminal);
  }
  auto state = std::make_unique<State>();
  state->screen = newterm(terminal.c_str(), out, in);
  if (state->screen == nullptr) {
    return fail(Cause::Unsupported,
                "TERM={}: unknown to this machine's terminfo; try TERM=xterm-256color, or install ncurses-term",
                terminal);
  }
  set_term(state->screen);
  if (std::getenv("ESCDELAY") == nullptr) set_escdelay(kEscapeDelayMs);
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  curs_set(0);
  if (colours_wanted()) {
    state->colours = true;
    start_color();
    use_default_colors();
    for (std::size_t at = 0; at < kStyles.size(); ++at)
      init_pair(static_cast<short>(at + 1), look_of(kStyles[at]).colour, -1);
  }
  return CursesScreen(std::move(state));
}

void CursesScreen::repaint() {
  state_->shown.reset();
  clearok(curscr, TRUE);
}

void CursesScreen::present(const Frame& frame) {
  if (state_->shown == frame) return;
  const Size size = frame.size();
  for (int row = 0; row < size.rows; ++row) {
    for (int column = 0; column < size.columns; ++column) {
      const Cell& cell = frame.at(row, column);
      if (cell.glyph == 0) continue;
      const Look look = look_of(cell.style);
      const std::array<wchar_t, 2> text{static_cast<wchar_t>(cell.glyph), L'\0'};
      cchar_t complex;
      const short pair = state_->colours ? static_cast<short>(static_cast<int>(cell.style) + 1) : short{0};
      setcchar(&complex, text.data(), look.attributes, pair, nullptr);
      mvwadd_wch(stdscr, row, column, &complex);
    }
  }
  wrefresh(stdscr);
  state_->shown = frame;
}

std::optional<Msg> CursesScreen::poll_input() {
  wint_t character = 0;
  const int kind = wget_wch(stdscr, &character);
  if (kind == ERR) return std::nullopt;
  if (kind == KEY_CODE_YES) {
    if (character == KEY_RESIZE) {
      state_->shown.reset();
      werase(stdscr);
      return Resized{size()};
    }
    const auto key = special_key(static_cast<int>(character));
    return key ? std::optional<Msg>(KeyPressed{{*key, 0}}) : poll_input();
  }
  return KeyPressed{key_of(character)};
}

Size CursesScreen::size() const { return {getmaxy(stdscr), getmaxx(stdscr)}; }

Charset charset_of_locale() {
  std::setlocale(LC_ALL, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8" ? Charset::Utf8 : Charset::Ascii;
}

}  // namespace quantrail::tui
